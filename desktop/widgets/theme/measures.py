"""Lengths that follow the text: everything that contains text is measured in heights of a line.

application's font ──▶ **h**, **scaled** ── pixels ──▶ every layout
"""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

DRAWN_AT = 16
"""The height of a line, in pixels, in the drawings."""


def h(count: float = 1) -> int:
    """Return `count` heights of a line of the application's font, in pixels."""
    return round(count * QFontMetrics(QApplication.font()).height())


def scaled(drawn_px: float) -> int:
    """Return a length of the drawings, in pixels, at the present size of the text."""
    return round(drawn_px * h() / DRAWN_AT)
