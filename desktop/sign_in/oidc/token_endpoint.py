"""Codes and tokens, exchanged with the issuer for newer ones, or taken back.

sign_in ── code, refresh token ──▶ **redeem**, **renew**, **revoke** ──▶ `Tokens`

Sources: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3, section-6; https://www.rfc-editor.org/rfc/rfc7009
"""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from msgspec import Struct

from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.oidc.attempt import Attempt
from desktop.sign_in.oidc.exchanging import Exchange, NotExchanged
from desktop.sign_in.oidc.reasons import say_refusal
from desktop.sign_in.oidc.tokens import Tokens, tokens_of

REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class Ended(NotSignedIn):
    """What was to be renewed is good no more: only signing in again helps."""


class _Refusal(Struct):
    error: str = ""
    error_description: str = ""


def redeem(auth: OidcAuth, endpoint: str, exchange: Exchange, *, code: str, attempt: Attempt, redirect: str) -> Tokens:
    """Exchange a code, which is good once. Raises `NotSignedIn` and `SignInUnreachable`."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "client_id": auth.client_id,
        "code_verifier": attempt.verifier,
    }
    return tokens_of(_ask(auth, endpoint, exchange, form), auth, attempt.nonce)


def renew(auth: OidcAuth, endpoint: str, exchange: Exchange, refresh: str) -> Tokens:
    """Exchange a refresh token; the answer may have another in its place.

    Raises:
        Ended: It is good no more.
        NotSignedIn: The issuer refuses for another reason.
        SignInUnreachable: It cannot be asked now.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": auth.client_id}
    return tokens_of(_ask(auth, endpoint, exchange, form), auth, None)


def revoke(auth: OidcAuth, endpoint: str, exchange: Exchange, refresh: str) -> None:
    """Have a refresh token, and what came of it, count no more. Raises `NotSignedIn` and `SignInUnreachable`."""
    form = {"token": refresh, "client_id": auth.client_id}
    _ask(auth, endpoint, exchange, form)


def _ask(auth: OidcAuth, endpoint: str, exchange: Exchange, form: Mapping[str, str]) -> bytes:
    try:
        status, content = exchange(endpoint, form)
    except NotExchanged as error:
        raise SignInUnreachable("The sign-in cannot be reached: {reason}", reason=error) from error
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return content
    if status not in REFUSALS:
        raise SignInUnreachable("The sign-in at {host} answered with status {status}.", host=auth.host, status=status)
    refusal = _refusal(content)
    kind = Ended if refusal.error == "invalid_grant" else NotSignedIn
    raise kind(say_refusal(refusal.error, "" if kind is Ended else refusal.error_description))


def _refusal(content: bytes) -> _Refusal:
    try:
        return msgspec.json.decode(content, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Refusal()
