"""One month or two beside each other, with arrows that turn to others.

a span ──▶ **MonthRow** ── a day that was picked ──▶ calendar popups
"""

from datetime import date

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from desktop.widgets.form.dates.month_view import MonthView, WeekdayRow, calendar_locale
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons, measures
from desktop.wording.form.dates import Span
from desktop.wording.language import tr

BETWEEN = 1.3
"""Heights of a line between two months."""


class MonthRow(QWidget):
    """Months that follow each other.

    Signals:
        picked(date): A click on this day, or Enter.
    """

    picked = Signal(object)

    def __init__(self, count: int, first: date | None, last: date | None) -> None:
        super().__init__()
        self.months = [MonthView(first, last) for _ in range(count)]
        self.titles = [plain_label() for _ in self.months]
        self.before = _turner("chevron-left", tr("Month before"))
        self.after = _turner("chevron-right", tr("Month after"))
        self._is_turning = False
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(0)
        layout.setHorizontalSpacing(measures.h(BETWEEN))
        for column, (title, month) in enumerate(zip(self.titles, self.months, strict=True)):
            title.setProperty("written", "strong")
            title.setMinimumHeight(measures.h() + 10)
            layout.addWidget(title, 0, column, Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(WeekdayRow(), 1, column)
            layout.addWidget(month, 2, column)
            month.currentPageChanged.connect(self._follow)
            month.picked.connect(self.picked)
        layout.addWidget(self.before, 0, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.after, 0, count - 1, Qt.AlignmentFlag.AlignRight)
        self.before.clicked.connect(self._turn_back)
        self.after.clicked.connect(self._turn_on)
        self._name()

    def show_month(self, day: date) -> None:
        """Turn to the month of a day; it is the first one."""
        self._turn_to(day.year, day.month)

    def show_span(self, span: Span | None) -> None:
        """Mark these days."""
        for month in self.months:
            month.show_span(span)

    def _turn_back(self) -> None:
        self.months[0].showPreviousMonth()

    def _turn_on(self) -> None:
        self.months[-1].showNextMonth()

    def _follow(self) -> None:
        """Turn the others after the one that was turned."""
        if self._is_turning:
            return
        turned = next(number for number, month in enumerate(self.months) if month is self.sender())
        shown = QDate(self.months[turned].yearShown(), self.months[turned].monthShown(), 1).addMonths(-turned)
        self._turn_to(shown.year(), shown.month())

    def _turn_to(self, year: int, number: int) -> None:
        self._is_turning = True
        shown = QDate(year, number, 1)
        for place, month in enumerate(self.months):
            page = shown.addMonths(place)
            if not month.view().hasFocus():
                month.setSelectedDate(page)  # the keys begin in what is shown
            month.setCurrentPage(page.year(), page.month())
        self._is_turning = False
        self._name()

    def _name(self) -> None:
        for title, month in zip(self.titles, self.months, strict=True):
            title.setText(f"{calendar_locale().standaloneMonthName(month.monthShown())} {month.yearShown()}")


def _turner(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setIconSize(icons.icon_size())
    icons.wear(button, icon)
    return button
