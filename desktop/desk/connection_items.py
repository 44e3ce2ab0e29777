"""Connections as the dialog shows them.

keeping ── `Profile` ──▶ **item_of** ── `ConnectionItem` ──▶ connections
"""

from desktop.keeping.connections import LOCAL, ConnectionId
from desktop.local_backend import lack
from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.sign_in.auth import Auth, OidcAuth
from desktop.sign_in.profiles import Profile
from desktop.sign_in.signers import sign_in_of
from desktop.wording.dialogs.connections import (
    ConnectionItem,
    local_name,
    say_proxy,
    say_signed_in,
    say_signed_in_at,
    ways,
)
from desktop.wording.language import tr


def item_of(id_: ConnectionId, profile: Profile) -> ConnectionItem:
    """Return a kept profile without its keys."""
    choices = ways(has_https=profile.https is not None)
    offered = {choice.transport for choice in choices}
    return ConnectionItem(
        id=id_,
        name=profile.name,
        address=profile.endpoint,
        signed_in_as=_signed_in(profile.auth),
        ways=choices,
        way=profile.transport if profile.transport in offered else choices[0].transport,
        proxy=_proxy(profile.endpoint),
    )


def local_item(profile: Profile | None) -> ConnectionItem:
    """Return the local backend; None is one that does not run."""
    return ConnectionItem(
        id=LOCAL,
        name=local_name(),
        address=profile.endpoint if profile else tr("Not in this program") if lack() else tr("Starts when it is used"),
        signed_in_as=say_signed_in(None, has_keys=False, is_local=True),
        ways=ways(has_https=True)[:1],
        way="auto",
        proxy=say_proxy(None, ""),
        is_local=True,
        can_test=profile is not None,
    )


def _signed_in(auth: Auth) -> str:
    """Return who asks; in the browser, as far as is known by now: the keyring may ask for a password."""
    if isinstance(auth, OidcAuth):
        status = sign_in_of(auth).status
        person = status.person if status else None
        return say_signed_in_at(auth.host, person.name if person else "")
    return say_signed_in(auth.aws_profile, has_keys=auth.secret_access_key is not None, is_local=False)


def _proxy(url: str) -> str:
    try:
        proxy = proxy_of(url)
    except WrongEnvironment as error:
        return say_proxy(None, "", str(error))
    return say_proxy(proxy.name, proxy.source) if proxy else say_proxy(None, "")
