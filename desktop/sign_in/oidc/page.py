"""The page that the browser shows once the sign-in came back, in plain words and without scripts.

redirect ── what became of it ──▶ **page** ── HTML ──▶ browser
"""

from collections.abc import Callable
from html import escape

from msgspec import Struct


class PageWords(Struct, frozen=True, kw_only=True):
    """What the pages say. `refused` has a place for the issuer's `{reason}`."""

    done: str = "You are signed in. This window may be closed: Reportwire goes on by itself."
    refused: str = "You are not signed in: {reason} This window may be closed."
    stray: str = "This answer belongs to no sign-in that Reportwire has begun. This window may be closed."
    nothing: str = "There is nothing here."
    translate: Callable[[str], str] = str
    """Says a reason in the language of the rest."""


HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto 0;padding:0 1rem}"


def page(sentence: str) -> bytes:
    """Return a page with one sentence."""
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f"<title>Reportwire</title><style>{_STYLE}</style></head><body><p>{escape(sentence)}</p></body></html>"
    ).encode()
