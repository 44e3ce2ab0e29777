"""A calendar for one day.

date_edit ── a day, bounds ──▶ **CalendarPopup** ── a day that was picked ──▶ date_edit
"""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets.form.dates.month_row import MonthRow
from desktop.widgets.form.dates.month_view import to_qdate
from desktop.widgets.form.popup import Popup
from desktop.wording.form.dates import Span


class CalendarPopup(Popup):
    """A month that closes as soon as a day is picked or another place is clicked.

    Signals:
        picked(date): This day.
    """

    picked = Signal(object)

    def __init__(self, owner: QWidget, day: date, first: date | None, last: date | None) -> None:
        super().__init__(owner)
        self.setProperty("ground", "base")
        self.row = MonthRow(1, first, last)
        self.calendar = self.row.months[0]
        self.row.show_month(day)
        self.calendar.setSelectedDate(to_qdate(day))
        self.row.show_span(Span(day, day))
        self.row.picked.connect(self._pick)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(9, 7, 9, 9)
        layout.addWidget(self.row)
        self.calendar.view().setFocus()

    def _pick(self, day: date) -> None:
        self.picked.emit(day)
        self.close()
