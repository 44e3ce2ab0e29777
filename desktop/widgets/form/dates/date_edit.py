"""A text field for a day, and a calendar to pick it from.

schema's bounds ──▶ **DateEdit** ──▶ parameter_editors. It may be empty, which Qt's own editor may not.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QToolButton

from desktop.widgets.form.dates.room import BUTTON, day_width
from desktop.widgets.line_edit import LineEdit
from desktop.widgets.theme import icons, measures
from desktop.widgets.theme.dress import look
from desktop.wording.form.dates import EXAMPLE, SlashOrder, read_day, safely, show_day, stepped
from desktop.wording.form.judging import default_day
from desktop.wording.language import tr

if TYPE_CHECKING:
    from desktop.widgets.form.dates.calendar_popup import CalendarPopup

OPENING_KEYS = {Qt.Key.Key_Down, Qt.Key.Key_Up}
"""Keys that open the calendar with Alt, as in a combo box; without Alt they step by a day."""

_STEPS: dict[Qt.Key, Callable[[date], date]] = {
    Qt.Key.Key_Up: lambda day: day + timedelta(days=1),
    Qt.Key.Key_Down: lambda day: day - timedelta(days=1),
    Qt.Key.Key_PageUp: lambda day: stepped(day, 1),
    Qt.Key.Key_PageDown: lambda day: stepped(day, -1),
}


class DateEdit(LineEdit):
    """Holds text, which its user judges.

    Args:
        usual: The day an empty field means, and which it starts with; None for nothing.
        first: The earliest day to pick; None is no bound, here and in `last`.
        last: The latest.
    """

    def __init__(self, usual: date | None, first: date | None, last: date | None) -> None:
        super().__init__(show_day(usual) if usual else "")
        self._first, self._last, self._usual = first, last, usual
        self.button = QToolButton(self)
        self.button.setProperty("inside", True)  # noqa: FBT003  Qt's
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.button.setToolTip(tr("Pick from a calendar (Alt+Down)"))
        self.button.setAccessibleName(tr("Pick from a calendar (Alt+Down)"))
        self.button.clicked.connect(self.show_calendar)
        icons.wear(self.button, "calendar", "muted")
        look().changed.connect(self._measure)
        self._measure()

    def day(self) -> date | None:
        """Return the day, or None for an empty field.

        Raises:
            ValueError: The text is none; the message is a sentence.
        """
        text = self.text().strip()
        return read_day(text, slash_order(), example=self._usual or self._first or EXAMPLE) if text else None

    def fill(self, value: object) -> None:
        """Show a day as a request has it, or nothing."""
        day = default_day({"default": value})
        self.setText(show_day(day) if day else "")

    def settle(self) -> None:
        """Show a day in the language's form, and the usual one in an empty field, as that is what it means."""
        if day := self._known() or (None if self.text().strip() else self._usual):
            self._take(day)

    def show_calendar(self) -> "CalendarPopup":
        """Open the calendar below the line, at its day."""
        from desktop.widgets.form.dates.calendar_popup import CalendarPopup  # noqa: PLC0415  the first paint needs none

        popup = CalendarPopup(self, self._start(), self._first, self._last)
        popup.picked.connect(self._take)
        popup.open_below()
        return popup

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Step through days and months as through numbers."""
        key = Qt.Key(event.key())
        if key in OPENING_KEYS and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.show_calendar()
        elif key in _STEPS:
            day = self._known()
            self._take(self._within(safely(_STEPS[key], day)) if day else self._start())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Keep the button at the right."""
        super().resizeEvent(event)
        self._place()

    def _measure(self) -> None:
        self.button.setIconSize(icons.icon_size())
        side = measures.h() + BUTTON
        self.button.setFixedSize(side, side)
        self.setTextMargins(0, 0, side - 2, 0)
        self.setMinimumWidth(day_width())
        self._place()

    def _place(self) -> None:
        self.button.move(self.width() - self.button.width() - 3, (self.height() - self.button.height()) // 2)

    def _known(self) -> date | None:
        try:
            return self.day()
        except ValueError:
            return None

    def _take(self, day: date) -> None:
        self.setText(show_day(day))

    def _start(self) -> date:
        return self._within(self._known() or self._usual or date.today())  # noqa: DTZ011  the analyst's own day

    def _within(self, day: date) -> date:
        if self._first and day < self._first:
            return self._first
        return self._last if self._last and day > self._last else day


def slash_order() -> SlashOrder | None:
    """Return the order of days with slashes where the system's country writes them so."""
    shown = QLocale.system().dateFormat(QLocale.FormatType.ShortFormat)
    if "/" not in shown or shown.startswith("y"):
        return None
    return SlashOrder.DAY_FIRST if shown.index("d") < shown.index("M") else SlashOrder.MONTH_FIRST
