"""Whether an access token is true, for this service, and whose it is.

authorizer ── token ──▶ **Verification** ── key id ──▶ key_set;  ──▶ `Identity`

What a token says of how it is to be checked counts for nothing: algorithms, issuer and client are this service's
settings, and keys are those of the issuer. Source: https://www.rfc-editor.org/rfc/rfc8725 (JWT Best Current Practices)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jwt
from jwt.exceptions import InvalidTokenError

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS: Final = ("RS256", "ES256")
LONGEST_TOKEN: Final = 8 * 1024
"""Characters; looked at before anything is parsed. API Gateway takes headers of 10 KB in all."""
LONGEST_SUBJECT: Final = 255
"""Source: https://openid.net/specs/openid-connect-core-1_0.html#IDToken"""
LONGEST_KEY_ID: Final = 256
SKEW_S: Final = 60
"""How far ahead the issuer's clock may be; a token that has ended has ended."""
ACCESS_TYPES: Final = ("jwt", "at+jwt", "application/at+jwt")
"""Source: https://www.rfc-editor.org/rfc/rfc9068#section-2.1"""


class InvalidToken(Exception):
    """The token is not to be trusted. The reason quotes nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks, and until when that holds."""

    owner: str
    """Issuer and subject: a subject alone is unique with its issuer only."""
    valid_until: int
    """Seconds since 1970: the end of the token."""
    groups: tuple[str, ...] = ()
    """Those that some report is for, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Checks tokens of one issuer, made for one client or audience."""

    issuer: str
    client_id: str
    audience: str | None = None
    """What `aud` must name; without one the token must name the client instead, as Cognito's access tokens do."""
    groups_claim: str = "groups"
    groups: frozenset[str] = frozenset()
    """The groups that reports are for. Others are not passed on: API Gateway takes no more than 8 KB from an
    authorizer. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html"""
    key: Callable[[str], PyJWK]
    """Return the issuer's key of an id; raises `InvalidToken` where there is none."""
    now: Callable[[], float]
    """Seconds since 1970."""

    def identity(self, token: str) -> Identity:
        """Return whose token it is.

        Raises:
            InvalidToken: It is not one of the issuer, for this client, now.
        """
        claims = self._claims(token)
        self._check_kind(claims)
        self._check_time(claims)
        self._check_client(claims)
        return Identity(
            owner=f"{self.issuer}|{_subject(claims)}",
            valid_until=_moment(claims, "exp"),
            groups=tuple(sorted(self.groups.intersection(_groups(claims.get(self.groups_claim))))),
        )

    def _claims(self, token: str) -> Mapping[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken("it is too long")
        try:
            header = jwt.get_unverified_header(token)
            algorithm, key_id = _of_header(header)
            key = self.key(key_id)
            if key.algorithm_name != algorithm:
                raise InvalidToken("its algorithm is not that of its key")
            # Times and audience are checked here: the library's own checks depend on the machine's clock.
            unchecked = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
            options: Any = {**unchecked, "require": ["exp", "iss", "sub"]}
            claims: Mapping[str, Any] = jwt.decode(
                token, key, algorithms=[algorithm], issuer=self.issuer, options=options
            )
        except (InvalidTokenError, ValueError, TypeError, RecursionError) as error:
            raise InvalidToken(type(error).__name__) from None
        return claims

    def _check_kind(self, claims: Mapping[str, Any]) -> None:
        """Refuse ID tokens, which say who signed in to a client and give no access to anything.

        Cognito names the use, Keycloak the type; the hash of an access token is in ID tokens alone.
        """
        is_other = claims.get("token_use", "access") != "access" or str(claims.get("typ", "")).lower() == "id"
        if is_other or "at_hash" in claims or "nonce" in claims:
            raise InvalidToken("it is no access token")

    def _check_time(self, claims: Mapping[str, Any]) -> None:
        now = self.now()
        if _moment(claims, "exp") <= now:
            raise InvalidToken("it has ended")
        for claim in ("nbf", "iat"):
            if claim in claims and _moment(claims, claim) > now + SKEW_S:
                raise InvalidToken("it is not valid yet")

    def _check_client(self, claims: Mapping[str, Any]) -> None:
        client = claims.get("client_id", claims.get("azp"))
        if self.audience is None:
            if client != self.client_id:
                raise InvalidToken("it was made for another client")
            return
        named = claims.get("aud")
        audiences = named if isinstance(named, list) else [named]
        if self.audience not in audiences:
            raise InvalidToken("it was made for another audience")
        if client is not None and client != self.client_id:
            raise InvalidToken("it was made for another client")


def _of_header(header: Mapping[str, Any]) -> tuple[str, str]:
    """Return the algorithm and the key's id; what names keys of the token's own choice is not even looked at."""
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise InvalidToken("its algorithm is not allowed")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= LONGEST_KEY_ID:
        raise InvalidToken("it names no key")
    if "crit" in header or str(header.get("typ", "jwt")).lower() not in ACCESS_TYPES:
        raise InvalidToken("it is no access token")
    return algorithm, key_id


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    is_text = isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT
    if not is_text or any(unicodedata.category(letter).startswith("C") for letter in subject):
        raise InvalidToken("its subject is no name")
    return str(subject)


def _moment(claims: Mapping[str, Any], claim: str) -> int:
    value = claims.get(claim)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        raise InvalidToken(f"its {claim} is no time")
    return int(value)


def _groups(value: object) -> list[str]:
    """Return the groups that a claim has: a list of names, or names with spaces between; others give none."""
    names = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return [name for name in names if isinstance(name, str)]
