import pytest
from PySide6.QtCore import QDate, QEvent, QLocale, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from desktop.widgets.form.date_edit import CalendarPopup, DateEdit, choose_place
from desktop.widgets.theme.dress import Appearance, look

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

NONE = QDate()
FIRST, LAST = QDate(2013, 1, 1), QDate(2013, 12, 31)
ALT = Qt.KeyboardModifier.AltModifier


def make(qtbot: QtBot, text: str, first: QDate = NONE, last: QDate = NONE) -> DateEdit:
    edit = DateEdit(text, first, last)
    qtbot.addWidget(edit)
    edit.show()
    return edit


def today() -> str:
    return QDate.currentDate().toString(Qt.DateFormat.ISODate)


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        (Qt.Key.Key_Up, "2013-02-28", "2013-03-01"),
        (Qt.Key.Key_Down, "2013-03-01", "2013-02-28"),
        (Qt.Key.Key_PageUp, "2013-01-31", "2013-02-28"),
        (Qt.Key.Key_PageDown, "2013-03-31", "2013-02-28"),
        (Qt.Key.Key_Up, "2013-12-31", "2013-12-31"),
        (Qt.Key.Key_PageUp, "2013-12-15", "2013-12-31"),
        (Qt.Key.Key_Down, "2013-01-01", "2013-01-01"),
        (Qt.Key.Key_Up, "", "2013-12-31"),
        (Qt.Key.Key_Up, "2013-02-3", "2013-12-31"),
    ],
)
def test_keys_step_through_the_days_that_are_allowed(qtbot: QtBot, key: Qt.Key, before: str, after: str) -> None:
    edit = make(qtbot, before, FIRST, LAST)
    QTest.keyClick(edit, key)
    assert edit.text() == after


def test_keys_begin_today_where_every_day_is_allowed(qtbot: QtBot) -> None:
    edit = make(qtbot, "")
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert edit.text() == today()


def test_other_keys_type(qtbot: QtBot) -> None:
    edit = make(qtbot, "")
    QTest.keyClicks(edit, "2013-02")
    QTest.keyClick(edit, Qt.Key.Key_Left)
    assert (edit.text(), edit.cursorPosition()) == ("2013-02", 6)


def test_calendar_opens_at_the_date_and_within_the_bounds(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-02-03", FIRST, LAST)
    calendar = edit.show_calendar().calendar
    assert calendar.selectedDate() == QDate(2013, 2, 3)
    assert (calendar.minimumDate(), calendar.maximumDate()) == (FIRST, LAST)


def test_calendar_of_an_empty_line_opens_at_the_nearest_day(qtbot: QtBot) -> None:
    assert make(qtbot, "", FIRST, LAST).show_calendar().calendar.selectedDate() == LAST
    assert make(qtbot, "x").show_calendar().calendar.selectedDate() == QDate.currentDate()


def test_calendar_of_no_date_opens_at_the_one_it_began_with(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-02-03")
    edit.setText("2013-02-30")
    assert edit.show_calendar().calendar.selectedDate() == QDate(2013, 2, 3)


def test_calendar_speaks_the_window_s_language(qtbot: QtBot) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German))
    try:
        edit = make(qtbot, "")
        calendar = edit.show_calendar().calendar
    finally:
        QLocale.setDefault(before)
    assert calendar.locale().language() is QLocale.Language.English
    assert calendar.firstDayOfWeek() == QLocale.system().firstDayOfWeek()


@pytest.mark.parametrize("signal", ["clicked", "activated"])
def test_picked_day_is_taken_and_the_calendar_goes(qtbot: QtBot, signal: str) -> None:
    edit = make(qtbot, "")
    popup = edit.show_calendar()
    getattr(popup.calendar, signal).emit(QDate(2013, 2, 3))
    assert edit.text() == "2013-02-03"
    assert not popup.isVisible()


def test_calendar_left_without_a_choice_changes_nothing(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-02-03")
    edit.show_calendar().close()
    assert edit.text() == "2013-02-03"


def test_alt_and_down_open_the_calendar_instead_of_stepping(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-02-03")
    QTest.keyClick(edit, Qt.Key.Key_Down, ALT)
    assert edit.text() == "2013-02-03"
    (popup,) = edit.findChildren(CalendarPopup)
    assert popup.isVisible()
    popup.close()


def test_button_in_the_line_opens_the_calendar(qtbot: QtBot) -> None:
    edit = make(qtbot, "")
    edit.open_calendar.trigger()
    (popup,) = edit.findChildren(CalendarPopup)
    assert popup.isVisible()
    popup.close()


def test_enter_in_the_calendar_is_no_key_of_the_form(qtbot: QtBot) -> None:
    """Else it would generate the report, with the date as it was."""
    edit = make(qtbot, "2013-02-03")
    popup = edit.show_calendar()
    view = popup.calendar.findChildren(QAbstractItemView)[0]
    enter = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    enter.ignore()
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    popup.close()


@pytest.mark.parametrize(
    ("x", "y", "place"),
    [
        (100, 100, (100, 130)),
        (750, 100, (500, 130)),
        (-50, 100, (0, 130)),
        (100, 700, (100, 500)),
        (790, 790, (500, 590)),
    ],
)
def test_calendar_opens_below_the_line_or_above_it_and_on_the_screen(x: int, y: int, place: tuple[int, int]) -> None:
    chosen = choose_place(QRect(x, y, 200, 30), QSize(300, 200), QRect(0, 0, 800, 800))
    assert (chosen.x(), chosen.y()) == place


def test_icon_follows_the_colours(qtbot: QtBot, qapp: QApplication) -> None:
    edit = make(qtbot, "")
    keys = []
    for appearance in (Appearance.DARK, Appearance.LIGHT):
        look().wear(appearance)
        keys.append(edit.open_calendar.icon().pixmap(16, 16).toImage().pixelColor(2, 8).lightness())
    dark, light = keys
    assert dark > 128 > light
