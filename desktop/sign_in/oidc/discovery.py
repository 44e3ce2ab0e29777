"""Where an issuer's pages are, as it says itself.

sign_in ── profile ──▶ **discover** ── discovery document ──▶ `Endpoints`

Source: https://openid.net/specs/openid-connect-discovery-1_0.html
"""

import http

import msgspec
from msgspec import Struct

from desktop.sign_in.auth import OidcAuth, is_safe
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc.exchanging import Exchange, NotExchanged


class Endpoints(Struct, frozen=True):
    """Addresses of an issuer. None where there is nothing to revoke tokens at."""

    authorization: str
    token: str
    revocation: str | None


class _Document(Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str | None = None


def discover(auth: OidcAuth, exchange: Exchange) -> Endpoints:
    """Return the addresses of the profile's issuer. Blocks.

    Raises:
        NotSignedIn: The document is another issuer's, or its addresses are not safe: to ask again does not help.
        SignInUnreachable: There is no document now.
    """
    found = _document(auth, exchange)
    if found.issuer != auth.issuer:
        raise NotSignedIn(
            "The sign-in of this profile is wrong: {host} describes another issuer than the profile names.",
            host=auth.host,
        )
    is_here = not is_safe(auth.discovery, may_be_here=False)
    endpoints = (found.authorization_endpoint, found.token_endpoint, found.revocation_endpoint)
    if not all(is_safe(each, may_be_here=is_here) for each in endpoints if each is not None):
        raise NotSignedIn("The sign-in at {host} is not safe: it names an address without encryption.", host=auth.host)
    return Endpoints(*endpoints)


def _document(auth: OidcAuth, exchange: Exchange) -> _Document:
    try:
        status, content = exchange(auth.discovery)
    except NotExchanged as error:
        raise SignInUnreachable("The sign-in cannot be reached: {reason}", reason=error) from error
    if status != http.HTTPStatus.OK:
        raise SignInUnreachable(
            "The sign-in at {host} does not describe itself (status {status}).", host=auth.host, status=status
        )
    try:
        return msgspec.json.decode(content, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignInUnreachable(
            "The sign-in at {host} describes itself in no way this program reads.", host=auth.host
        ) from error
