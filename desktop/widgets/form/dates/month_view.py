"""One month of days, in the window's colours.

a span ──▶ **MonthView** ── a day that was picked ──▶ calendar popups
"""

from datetime import date

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QCalendarWidget, QHeaderView, QWidget

from desktop.widgets.theme import measures, tokens
from desktop.wording.form.dates import Span
from desktop.wording.language import LanguageId, current

CELL_WIDTH, CELL_HEIGHT = 2.06, 1.69
"""Heights of a line."""

WEEKS = 6
LEAST_BEFORE, MOST_AFTER = 20, 15
"""Days of the month before are above the one, days of the month after below the other."""
LEAST_DAY, MOST_DAY = date(1, 1, 1), date(9999, 12, 31)


class MonthView(QCalendarWidget):
    """Days of one month, those of a span marked.

    Signals:
        picked(date): A click on this day, or Enter.
    """

    picked = Signal(object)

    def __init__(self, first: date | None, last: date | None) -> None:
        super().__init__()
        self._span: Span | None = None
        self.setLocale(calendar_locale())
        self.setFirstDayOfWeek(QLocale.system().firstDayOfWeek())
        self.setNavigationBarVisible(False)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.NoHorizontalHeader)
        self.setDateEditEnabled(False)
        self.setMinimumDate(to_qdate(first or LEAST_DAY))
        self.setMaximumDate(to_qdate(last or MOST_DAY))
        self.setFixedSize(month_size())
        self.clicked.connect(self._pick)
        self.activated.connect(self._pick)
        self.view().viewport().installEventFilter(self)
        for header in self.findChildren(QHeaderView):
            header.setMinimumSectionSize(1)  # else the style's padding is the least, and seven days have no room

    def view(self) -> QAbstractItemView:
        """Return the table of days, which has the focus."""
        return self.findChildren(QAbstractItemView)[0]

    def show_span(self, span: Span | None) -> None:
        """Mark these days."""
        self._span = span
        self.updateCells()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return the size it always has."""
        return month_size()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Leave alone what is clicked where another month's day would be."""
        if isinstance(event, QMouseEvent) and event.button() is Qt.MouseButton.LeftButton:
            return self._is_blank(event.position().toPoint())
        return super().eventFilter(watched, event)

    def _is_blank(self, place: QPoint) -> bool:
        """Return whether the cell holds a day of another month: a high number on top, or a low one at the end."""
        cell = self.view().indexAt(place)
        number = int(cell.data() or 0)
        return number > LEAST_BEFORE if cell.row() <= 1 else cell.row() >= WEEKS - 2 and number < MOST_AFTER

    def paintCell(self, painter: QPainter, rect: QRect, day: QDate) -> None:  # noqa: N802  Qt's name
        """Paint one day; those of other months are not shown, as the next month stands beside."""
        painter.save()
        painter.fillRect(rect, tokens.color("base"))
        if (day.year(), day.month()) == (self.yearShown(), self.monthShown()):
            self._paint_day(painter, rect, to_date(day))
        painter.restore()

    def _paint_day(self, painter: QPainter, rect: QRect, day: date) -> None:
        is_end = self._span is not None and day in {self._span.start, self._span.end}
        is_inside = self._span is not None and self._span.start <= day <= self._span.end
        if is_inside:
            painter.fillRect(rect, tokens.color("select"))
        ink = "onSelect" if is_inside else "text"
        if is_end:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("accent"))
            painter.drawRoundedRect(rect, 3, 3)
            ink = "onAccent"
        if not self.minimumDate() <= to_qdate(day) <= self.maximumDate():
            ink = "faint"
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if is_end else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(tokens.color(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(day.day))
        if self.view().hasFocus() and to_qdate(day) == self.selectedDate():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(tokens.color("text" if is_end else "ring"))
            for inset in (0, 1):
                painter.drawRect(rect.adjusted(inset, inset, -inset - 1, -inset - 1))

    def _pick(self, day: QDate) -> None:
        self.picked.emit(to_date(day))


class WeekdayRow(QWidget):
    """Two letters for each day of the week, over a month."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(month_size().width(), measures.h(1.5))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the letters."""
        painter = QPainter(self)
        painter.setPen(tokens.color("muted"))
        first = QLocale.system().firstDayOfWeek().value
        width = self.width() // 7
        for column in range(7):
            name = calendar_locale().standaloneDayName((first + column - 1) % 7 + 1, QLocale.FormatType.ShortFormat)
            area = QRect(column * width, 0, width, self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, name[:2])


def month_size() -> QSize:
    """Return the size of one month."""
    return QSize(7 * measures.h(CELL_WIDTH), WEEKS * measures.h(CELL_HEIGHT))


def calendar_locale() -> QLocale:
    """Return the locale whose names of months and days are in the window's language."""
    is_german = current().id is LanguageId.GERMAN
    return QLocale(QLocale.Language.German if is_german else QLocale.Language.English)


def to_date(day: QDate) -> date:
    """Return Qt's day as Python's."""
    return date(day.year(), day.month(), day.day())


def to_qdate(day: date) -> QDate:
    """Return Python's day as Qt's."""
    return QDate(day.year, day.month, day.day)
