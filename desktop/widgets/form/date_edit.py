"""A text field for a date, and a calendar to pick it from.

schema's bounds ──▶ **DateEdit** ──▶ parameter_editors. It may be empty, which Qt's own editor may not.
"""

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QIcon, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QAbstractItemView, QCalendarWidget, QFrame, QLineEdit, QToolButton, QVBoxLayout, QWidget

from desktop.widgets.theme import icons

ISO = Qt.DateFormat.ISODate
OPENING_KEYS = {Qt.Key.Key_Down, Qt.Key.Key_Up}
"""Keys that open the calendar with Alt, as in a combo box; without Alt they step by a day."""

CALENDAR_SIZE = QSize(290, 230)

_STEPS = {
    Qt.Key.Key_Up: lambda date: date.addDays(1),
    Qt.Key.Key_Down: lambda date: date.addDays(-1),
    Qt.Key.Key_PageUp: lambda date: date.addMonths(1),
    Qt.Key.Key_PageDown: lambda date: date.addMonths(-1),
}


class DateEdit(QLineEdit):
    """Holds text, which its user parses and checks.

    Args:
        text: What it starts with, YYYY-MM-DD or nothing.
        first: The earliest day to pick; an invalid date is no bound, here and in `last`.
        last: The latest.
    """

    def __init__(self, text: str, first: QDate, last: QDate) -> None:
        super().__init__(text)
        self._first, self._last = first, last
        self._usual = QDate.fromString(text, ISO)
        self.open_calendar = QAction(self)
        self.open_calendar.setToolTip("Pick from a calendar (Alt+Down)")
        self.open_calendar.triggered.connect(self.show_calendar)
        self.addAction(self.open_calendar, QLineEdit.ActionPosition.TrailingPosition)
        self.load_icon()

    def load_icon(self) -> None:
        """Load the icon in the current colours."""
        self.open_calendar.setIcon(icons.icon("calendar"))

    def show_calendar(self) -> "CalendarPopup":
        """Open the calendar below the line, at its date."""
        popup = CalendarPopup(self, self._start(), self._first, self._last)
        popup.picked.connect(self._take)
        popup.open_below(self)
        return popup

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Step through days and months as through numbers."""
        key = Qt.Key(event.key())
        if key in OPENING_KEYS and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.show_calendar()
        elif key in _STEPS:
            date = QDate.fromString(self.text(), ISO)
            self._take(self._within(_STEPS[key](date)) if date.isValid() else self._start())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Put the usual date back into an empty field, as that is what an empty field means."""
        super().focusOutEvent(event)
        if not self.text() and self._usual.isValid():
            self._take(self._usual)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Load the icon again when the colours change."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.load_icon()

    def _take(self, date: QDate) -> None:
        self.setText(date.toString(ISO))

    def _start(self) -> QDate:
        days = QDate.fromString(self.text(), ISO), self._usual, QDate.currentDate()
        return self._within(next(day for day in days if day.isValid()))

    def _within(self, date: QDate) -> QDate:
        if self._first.isValid() and date < self._first:
            return self._first
        return self._last if self._last.isValid() and date > self._last else date


class CalendarPopup(QFrame):
    """A calendar that closes as soon as a day is picked or another place is clicked.

    Signals:
        picked(QDate): This day.
    """

    picked = Signal(QDate)

    def __init__(self, parent: QWidget, date: QDate, first: QDate, last: QDate) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.calendar = _make_calendar(date, first, last)
        self.calendar.clicked.connect(self._pick)
        self.calendar.activated.connect(self._pick)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(self.calendar)
        for view in self.calendar.findChildren(QAbstractItemView):
            view.installEventFilter(self)
            view.setFocus()

    def open_below(self, widget: QWidget) -> None:
        """Open it at a widget's lower left corner, or above it where the screen ends."""
        self.adjustSize()
        line = QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())
        self.move(choose_place(line, self.size(), widget.screen().availableGeometry()))
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Handle Enter here: the form below would generate the report."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _pick(self, date: QDate) -> None:
        self.picked.emit(date)
        self.close()


def choose_place(line: QRect, size: QSize, screen: QRect) -> QPoint:
    """Return the position of a popup of `size`: below the field, or above it if the screen ends."""
    place = QRect(line.bottomLeft() + QPoint(0, 1), size)
    if place.bottom() > screen.bottom():
        place.moveBottom(line.top() - 1)
    place.moveRight(min(place.right(), screen.right()))
    return QPoint(max(screen.left(), place.left()), max(screen.top(), place.top()))


def _make_calendar(date: QDate, first: QDate, last: QDate) -> QCalendarWidget:
    calendar = QCalendarWidget()
    calendar.setLocale(QLocale(QLocale.Language.English))  # as the rest of the window; the week begins as at home
    calendar.setFirstDayOfWeek(QLocale.system().firstDayOfWeek())
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QTextCharFormat())  # not red: that is for what is wrong
    for name, arrow in (("prev", Qt.ArrowType.LeftArrow), ("next", Qt.ArrowType.RightArrow)):
        button = calendar.findChild(QToolButton, f"qt_calendar_{name}month")
        if button:  # its own arrows are black in the dark
            button.setIcon(QIcon())
            button.setArrowType(arrow)
    if first.isValid():
        calendar.setMinimumDate(first)
    if last.isValid():
        calendar.setMaximumDate(last)
    calendar.setSelectedDate(date)
    calendar.setMinimumSize(CALENDAR_SIZE)
    return calendar
