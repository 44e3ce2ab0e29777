"""The keys that an issuer signs with, fetched when one is needed that is not known.

verification ── key id ──▶ **KeySet** ── HTTPS ──▶ the issuer's discovery document and its key set

Sources: https://openid.net/specs/openid-connect-discovery-1_0.html, https://www.rfc-editor.org/rfc/rfc7517
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from backend.tokens.verification import ALGORITHMS, InvalidToken

log = logging.getLogger(__name__)

BETWEEN_FETCHES_S: Final = 60.0
"""Whoever sends ids of keys that are not there makes one request a minute, and no more."""
LONGEST_USE_S: Final = 3_600.0
"""How long a key counts without being looked for again: an issuer that takes one back is heard within an hour."""
LEAST_RSA_BITS: Final = 2_048
"""Source: https://www.rfc-editor.org/rfc/rfc7518#section-3.3"""

Fetch = Callable[[str], bytes]
"""Return what an address answers; raises OSError."""


class KeysUnavailable(Exception):
    """The issuer's keys could not be had: nobody can be told apart from anybody else now."""


@dataclass(slots=True)
class KeySet:
    """The keys of one issuer."""

    issuer: str
    discovery_url: str
    fetch: Fetch
    monotonic: Callable[[], float]
    _keys: dict[str, PyJWK] = field(default_factory=dict)
    _fetched_at: float | None = None
    _tried_at: float | None = None

    def key(self, key_id: str) -> PyJWK:
        """Return the key of an id.

        Raises:
            InvalidToken: The issuer has none of this id.
            KeysUnavailable: There are no keys, and the issuer cannot be asked.
        """
        now = self.monotonic()
        is_wanted = key_id not in self._keys or _is_over(self._fetched_at, LONGEST_USE_S, now)
        if is_wanted and _is_over(self._tried_at, BETWEEN_FETCHES_S, now):
            self._renew(now)
        if self._fetched_at is None:
            raise KeysUnavailable
        if key_id not in self._keys:
            raise InvalidToken("the issuer has no such key")
        return self._keys[key_id]

    def _renew(self, now: float) -> None:
        """Fetch the keys; while that fails those that are known go on to count."""
        self._tried_at = now
        try:
            self._keys = dict(_usable(_object(self.fetch(self._address()))))
        except (OSError, ValueError) as error:
            log.error("the issuer's keys cannot be had", extra={"reason": str(error)})  # noqa: TRY400  no stack needed
            return
        self._fetched_at = now

    def _address(self) -> str:
        document = _object(self.fetch(self.discovery_url))
        if document.get("issuer") != self.issuer:
            raise ValueError("the discovery document is another issuer's")
        address = document.get("jwks_uri")
        if not isinstance(address, str):
            raise ValueError("the discovery document names no keys")  # noqa: TRY004  a value of somebody else's
        return address


def _is_over(since: float | None, length_s: float, now: float) -> bool:
    return since is None or now - since > length_s


def _object(answer: bytes) -> Mapping[str, Any]:
    document = json.loads(answer)
    if not isinstance(document, dict):
        raise ValueError("the issuer's answer is no JSON object")  # noqa: TRY004  a value of somebody else's
    return document


def _usable(document: Mapping[str, Any]) -> list[tuple[str, PyJWK]]:
    """Return the keys that sign, by id; others are left out, as an issuer may have keys for other uses."""
    listed = document.get("keys")
    found = []
    for entry in listed if isinstance(listed, list) else []:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or not isinstance(entry.get("kid"), str):
            continue
        try:
            key = PyJWK.from_dict(entry)
        except (PyJWTError, ValueError, TypeError):
            continue
        if key.algorithm_name in ALGORITHMS and not _is_short(key):
            found.append((entry["kid"], key))
    return found


def _is_short(key: PyJWK) -> bool:
    return key.key_type == "RSA" and key.key.key_size < LEAST_RSA_BITS
