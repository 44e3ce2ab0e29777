"""Colours by name, for light and for dark.

`tokens.json` ──▶ **color** ──▶ palette, style sheet, icons, delegates
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib import resources

import msgspec
from PySide6.QtGui import QColor, QGuiApplication, QPalette

Role = QPalette.ColorRole
_on_paper = ContextVar("_on_paper", default=False)


@cache
def palettes() -> Mapping[str, Mapping[str, str]]:
    """Return the tokens of both schemes, "light" and "dark", as #rrggbb by name."""
    text = resources.files("desktop.widgets.theme").joinpath("tokens.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, str]])


def is_dark(palette: QPalette) -> bool:
    """Return whether a palette is light text on a dark window."""
    return palette.color(Role.Window).lightness() < palette.color(Role.WindowText).lightness()


def tokens() -> Mapping[str, str]:
    """Return the tokens of the scheme that the application wears now."""
    return palettes()["light" if _on_paper.get() else _scheme_of(QGuiApplication.palette().cacheKey())]


@contextmanager
def on_paper() -> Iterator[None]:
    """Have the colours of the light scheme meanwhile: what is drawn then goes into documents."""
    before = _on_paper.set(True)
    try:
        yield
    finally:
        _on_paper.reset(before)


def color(name: str) -> QColor:
    """Return the present colour of a token, or of a tone, which is the name of one."""
    return QColor(_parsed(tokens()[name]))


@lru_cache(maxsize=8)
def _scheme_of(_palette_key: int) -> str:
    """Return the scheme of the application's palette, which has this key: cells ask for colours by the thousand."""
    return "dark" if is_dark(QGuiApplication.palette()) else "light"


@cache
def _parsed(written: str) -> QColor:
    return QColor(written)
