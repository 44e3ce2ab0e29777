"""The verification of tokens, with the issuer's keys over HTTPS.

environment ──▶ **deployed** ──▶ `Verification` ──▶ authorizer
"""

import json
import os
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from backend.tokens.key_set import KeySet
from backend.tokens.verification import Verification
from backend.wiring import logs
from backend.wiring.settings import AuthorizerSettings

TIMEOUT_S: Final = 3.0
LONGEST_ANSWER: Final = 256 * 1024
"""Bytes of a discovery document or a key set."""
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def compose(
    settings: AuthorizerSettings,
    fetch: Callable[[str], bytes],
    now: Callable[[], float],
    monotonic: Callable[[], float],
) -> Verification:
    """Put the verification together."""
    usual_url = f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration"
    keys = KeySet(settings.issuer, settings.discovery_url or usual_url, fetch, monotonic)
    return Verification(
        issuer=settings.issuer,
        client_id=settings.client_id,
        audience=settings.audience or None,
        groups_claim=settings.groups_claim,
        groups=frozenset(json.loads(settings.report_groups)),
        key=keys.key,
        now=now,
    )


def deployed() -> Verification:
    """Compose what the environment describes."""
    settings = AuthorizerSettings.read(os.environ)
    logs.configure(settings.metrics_namespace)
    return compose(settings, fetch, time.time, time.monotonic)


def fetch(url: str) -> bytes:
    """Return what an address answers: over https, or from this machine.

    Raises:
        OSError: It is another address, it does not answer in time, or too much.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise OSError("the address is not https")
    with build_opener(_NoRedirects).open(url, timeout=TIMEOUT_S) as answer:
        content: bytes = answer.read(LONGEST_ANSWER + 1)
    if len(content) > LONGEST_ANSWER:
        raise OSError("the answer is too long")
    return content


class _NoRedirects(HTTPRedirectHandler):
    """Follows none: an address that was checked is to be the one that answers."""

    def redirect_request(self, *_: object) -> None:
        """Follow none; urllib then raises its own error, an OSError."""
