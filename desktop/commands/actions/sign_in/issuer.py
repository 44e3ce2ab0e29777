"""The issuer of the profile that was named, and what goes wrong there, as ends of a command.

login, logout, whoami ──▶ **issuer_of**, **signing**
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.commands.actions.service import named
from desktop.commands.exits import Exit, Stop
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable

NAME_ONE = "The local backend needs no sign-in: name a service with --profile FILE."
OF_AWS = "{name} takes AWS credentials: sign in and out with the AWS CLI."


def issuer_of(args: argparse.Namespace) -> OidcAuth:
    """Return how people sign in to the service that was named.

    Raises:
        InvalidProfile: It is no profile.
        Stop: None was named, or nobody signs in to it in the browser.
    """
    profile = named(args)
    if profile is None:
        raise Stop(Exit.USAGE, NAME_ONE)
    if not isinstance(profile.auth, OidcAuth):
        raise Stop(Exit.USAGE, OF_AWS.format(name=profile.name))
    return profile.auth


@contextmanager
def signing() -> Iterator[None]:
    """Raise `Stop` with the sentence of a sign-in that fails."""
    try:
        yield
    except (NotSignedIn, SignInUnreachable) as error:
        raise Stop(Exit.NO_CONNECTION, str(error)) from error
