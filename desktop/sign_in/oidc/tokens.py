"""What a token endpoint answers: a token for the service, what renews it, and whose they are.

token_endpoint ── JSON ──▶ **tokens_of** ──▶ `Tokens` ──▶ sign_in

An ID token comes from the token endpoint itself, over TLS: who signed it is known, and its signature is not looked at.
Sources: https://www.rfc-editor.org/rfc/rfc6749#section-5.1,
https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

import base64
import binascii
from typing import Any

import msgspec
from msgspec import Struct

from desktop.outside.sentence import Sentence
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.findings import NotSignedIn

UNSAID_LIFE_S = 300.0
"""How long a token is taken to be good whose issuer does not say."""
LONGEST_NAME = 120
NAMES = ("email", "preferred_username", "name", "cognito:username", "sub")
"""Claims to call somebody by, the best first."""


class Person(Struct, frozen=True):
    """Who signed in: `subject` is the issuer's own name for them, `name` the one to be shown."""

    subject: str
    name: str


class Tokens(Struct, frozen=True, kw_only=True):
    """What signs requests, and what renews that."""

    access: str
    life_s: float
    refresh: str | None = None
    person: Person | None = None

    def __repr__(self) -> str:
        """Leave out the tokens: reprs end in logs."""
        return f"Tokens(life_s={self.life_s!r})"


class _Answer(Struct):
    access_token: str
    token_type: str
    expires_in: float | None = None
    refresh_token: str | None = None
    id_token: str | None = None


def tokens_of(content: bytes, auth: OidcAuth, nonce: str | None) -> Tokens:
    """Return the tokens of an answer; `nonce` is that of the attempt, None where they were renewed.

    Raises:
        NotSignedIn: They cannot be used, or are somebody else's.
    """
    try:
        answer = msgspec.convert(msgspec.json.decode(content), type=_Answer, strict=False)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        raise _unusable(auth, "are in no form that this program reads") from None  # an error may quote what it read
    if answer.token_type.lower() != "bearer" or not _is_header(answer.access_token):
        raise _unusable(auth, "are of a kind that this program cannot send")
    life_s = UNSAID_LIFE_S if answer.expires_in is None else max(0.0, min(answer.expires_in, 7 * 86_400))
    return Tokens(
        access=answer.access_token,
        life_s=life_s,
        refresh=answer.refresh_token or None,
        person=_person(answer.id_token, auth, nonce) if answer.id_token else None,
    )


def _person(id_token: str, auth: OidcAuth, nonce: str | None) -> Person:
    claims = _claims(id_token, auth)
    named = claims.get("aud")
    if claims.get("iss") != auth.issuer or auth.client_id not in (named if isinstance(named, list) else [named]):
        raise _unusable(auth, "are another issuer's, or for another client")
    if nonce is not None and claims.get("nonce") != nonce:
        raise _unusable(auth, "belong to another sign-in than the one that was begun here")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise _unusable(auth, "name nobody")
    names = (claims.get(name) for name in NAMES)
    name = next(text for each in names if isinstance(each, str) and (text := _shown(each)))
    return Person(subject, name)


def _claims(id_token: str, auth: OidcAuth) -> dict[str, Any]:
    try:
        payload = id_token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, binascii.Error, msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        raise _unusable(auth, "are in no form that this program reads") from None
    if not isinstance(claims, dict):
        raise _unusable(auth, "are in no form that this program reads")
    return claims


def _shown(text: str) -> str:
    return "".join(letter for letter in text.strip()[:LONGEST_NAME] if letter.isprintable()) or "…"


def _is_header(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _unusable(auth: OidcAuth, why: str) -> NotSignedIn:
    return NotSignedIn("The sign-in at {host} gave tokens that {why}.", host=auth.host, why=Sentence(why))
