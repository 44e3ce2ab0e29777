"""The room that days need, at any size of the text and in either language.

application's font ──▶ **day_width**, **span_width** ── pixels ──▶ date_edit, body
"""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from desktop.widgets.theme import measures

SIDE = 16
"""Pixels beside everything in the form."""

AROUND = 2 * (1 + 6 + 2) + 1
"""A line's border and padding in the style sheet, what Qt adds inside, and the cursor."""

BUTTON = 6
"""The side of the button in a field is the height of a line and this; 2 of them lie in the padding."""

RANGE_BUTTON = 14
"""The width of the button beside a span is the height of a line and this."""

BETWEEN = 6
FORMS = ("0000-00-00", "00.00.0000")
"""Days as the languages write them."""


def day_width() -> int:
    """Return the least width of a field with a whole day in it."""
    metrics = QFontMetrics(QApplication.font())
    widest = max(metrics.horizontalAdvance(form.replace("0", digit)) for form in FORMS for digit in "0123456789")
    return widest + AROUND + measures.h() + BUTTON - 2


def span_width() -> int:
    """Return the least width of a form with two days beside each other."""
    return 2 * day_width() + 2 * BETWEEN + measures.h() + RANGE_BUTTON + 2 * SIDE
