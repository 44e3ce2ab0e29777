"""How the issuer is asked: a port, so that this room loads no HTTP before somebody signs in.

discovery, token_endpoint ── `Exchange` ──▶ outside.http
"""

from collections.abc import Mapping
from typing import Protocol


class NotExchanged(Exception):
    """No answer came; the sentence says why."""


class Exchange(Protocol):
    """Ask for a document, or send a form."""

    def __call__(self, url: str, form: Mapping[str, str] | None = None, /) -> tuple[int, bytes]:
        """Return the status and what was answered. Blocks; raises `NotExchanged`."""


def over_https(url: str, form: Mapping[str, str] | None = None, /) -> tuple[int, bytes]:
    """Ask as the rest of the program asks: by the same proxy, trusting the same certificates."""
    from desktop.outside import http  # noqa: PLC0415  brings httpx

    try:
        return http.exchange(url, form)
    except http.NotExchanged as error:
        raise NotExchanged(str(error)) from error
