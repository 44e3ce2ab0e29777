"""Icons in the colours of the present scheme.

`icons/16/*.svg`, `icons/20/*.svg` ──▶ **wear**, **pixmap** ──▶ actions, buttons, delegates
"""

from functools import cache
from pathlib import Path
from typing import Protocol
from weakref import WeakKeyDictionary

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from desktop.widgets.theme.measures import h
from desktop.widgets.theme.tokens import tokens

DRAWINGS = Path(__file__).with_name("icons")
WINDOW_SIZES = (16, 24, 32, 48, 64, 128)
"""Sizes in which a system shows the icon of a window, in pixels."""
LARGE_FROM = 18
"""From this size on, in pixels, the drawing for 20 pixels is the sharper one."""

BESIDE_TEXT = 4
"""Pixels of room at the right of an icon: a style sheet leaves none between a button's icon and its text."""


class Wearer(Protocol):
    """An action or a button."""

    def setIcon(self, icon: QIcon, /) -> None:  # noqa: N802  Qt's name
        """Show this icon."""


_WORN: "WeakKeyDictionary[QObject, tuple[str, str, int]]" = WeakKeyDictionary()


def wear(wearer: QObject, name: str, ink: str = "text", *, gap: int = 0) -> None:
    """Give an action or a button an icon that keeps up with the scheme and the size of the text.

    Args:
        wearer: Has `setIcon`.
        name: The drawing, `icons/16/{name}.svg`.
        ink: The token of its colour.
        gap: Pixels of room at its right.
    """
    _WORN[wearer] = (name, ink, gap)
    _put_on(wearer)


def wear_anew() -> None:
    """Give every wearer its icon again, in the present colours and size."""
    for wearer in list(_WORN):
        if isValid(wearer):
            _put_on(wearer)


def icon(name: str, ink: str = "text", *, gap: int = 0) -> QIcon:
    """Return an icon in the present colours; it does not keep up with another scheme, as `wear` does."""
    inks = tokens()
    return _load(name, inks[ink], inks["faint"], h(), gap)


def window_icon() -> QIcon:
    """Return the icon of the program's windows, for all that a system does with it."""
    loaded = QIcon()
    for size in WINDOW_SIZES:
        loaded.addPixmap(pixmap("report", tokens()["accent"], size))
    return loaded


def icon_size(*, gap: int = 0) -> QSize:
    """Return the size of an icon in a line of text; `gap` is as in `wear`."""
    return QSize(h() + gap, h())


@cache
def pixmap(name: str, color: str, size: int, ratio: float = 1.0, gap: int = 0) -> QPixmap:
    """Return a drawing in a colour, `size` pixels high; `ratio` is the screen's number of dots for a pixel."""
    canvas = QPixmap(_shape(name, size, ratio, gap))
    painter = QPainter(canvas)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(canvas.rect(), QColor(color))
    painter.end()
    return canvas


@cache
def _shape(name: str, size: int, ratio: float, gap: int) -> QPixmap:
    """Return a drawing in black, to be filled with a colour: that takes a fraction of drawing it."""
    canvas = QPixmap(round((size + gap) * ratio), round(size * ratio))
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    drawing = drawn(name, 20 if size >= LARGE_FROM else 16).replace("currentColor", "black")
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return canvas


@cache
def drawn(name: str, size: int = 16) -> str:
    """Return a drawing as SVG, its ink still `currentColor`; `size` is 16 or 20."""
    return DRAWINGS.joinpath(str(size), f"{name}.svg").read_text(encoding="utf-8")


def _put_on(wearer: QObject) -> None:
    name, ink, gap = _WORN[wearer]
    put: Wearer = wearer  # type: ignore[assignment]
    put.setIcon(icon(name, ink, gap=gap))


@cache
def _load(name: str, color: str, faded: str, line: int, gap: int) -> QIcon:
    loaded = QIcon()
    ratios = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    for ratio in sorted(ratios):
        for mode, ink in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, faded)):
            loaded.addPixmap(pixmap(name, ink, line, ratio, gap), mode)
    return loaded
