"""The room that days need, at any size of the text and in either language.

application's font ──▶ **day_width**, **span_width** ── pixels ──▶ date_edit, body
"""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from desktop.widgets.form.scrolling import SIDE
from desktop.widgets.theme import measures

AROUND = 2 * (1 + 6 + 2) + 1
"""A line's border and padding in the style sheet, what Qt adds inside, and the cursor."""

BUTTON = 6
"""The height of the button in a field is that of a line and this."""

RANGE_BUTTON = 14
"""The width of the button beside a span is the height of a line and this."""

BETWEEN = 6


def day_width() -> int:
    """Return the least width of a field with a whole day in it."""
    metrics = QFontMetrics(QApplication.font())
    digit = max(metrics.horizontalAdvance(each) for each in "0123456789")
    separator = max(metrics.horizontalAdvance(each) for each in "-.")
    return 8 * digit + 2 * separator + AROUND + measures.h() + BUTTON


def span_width() -> int:
    """Return the least width of a form with two days beside each other."""
    return 2 * day_width() + 2 * BETWEEN + measures.h() + RANGE_BUTTON + 2 * SIDE
