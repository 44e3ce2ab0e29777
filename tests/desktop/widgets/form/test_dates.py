from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import QDate, QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.widgets.form.dates import range_popup
from desktop.widgets.form.dates.calendar_popup import CalendarPopup
from desktop.widgets.form.dates.date_edit import DateEdit
from desktop.widgets.form.dates.month_row import MonthRow
from desktop.widgets.form.dates.range_popup import RangePopup
from desktop.widgets.form.popup import Popup, choose_place
from desktop.widgets.form.report_form import ReportForm
from desktop.wording import language
from desktop.wording.form.dates import Span
from desktop.wording.language import LanguageId
from tests.desktop.widgets.form.forms import RANGE, block_of, define, leave, line_of, note_of, submitted, type_into

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")

FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)
TODAY = date(2026, 11, 23)
ALT = Qt.KeyboardModifier.AltModifier


def make(qtbot: QtBot, text: str, first: date | None = None, last: date | None = None) -> DateEdit:
    edit = DateEdit(None, first, last)
    edit.setText(text)
    qtbot.addWidget(edit)
    edit.show()
    return edit


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
        (Qt.Key.Key_Up, "2013-02-30", "2013-12-31"),
    ],
)
def test_keys_step_through_the_days_that_are_allowed(qtbot: QtBot, key: Qt.Key, before: str, after: str) -> None:
    edit = make(qtbot, before, FIRST, LAST)
    QTest.keyClick(edit, key)
    assert edit.text() == after


@pytest.mark.parametrize(("key", "text"), [(Qt.Key.Key_Up, "9999-12-31"), (Qt.Key.Key_Down, "0001-01-01")])
def test_keys_stop_at_the_end_of_all_days(qtbot: QtBot, key: Qt.Key, text: str) -> None:
    edit = make(qtbot, text)
    QTest.keyClick(edit, key)
    assert edit.text() == text


def test_keys_begin_today_where_every_day_is_allowed(qtbot: QtBot) -> None:
    edit = make(qtbot, "")
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert edit.text() == QDate.currentDate().toString(Qt.DateFormat.ISODate)


def test_other_keys_type(qtbot: QtBot) -> None:
    edit = make(qtbot, "")
    QTest.keyClicks(edit, "2013-02")
    QTest.keyClick(edit, Qt.Key.Key_Left)
    assert (edit.text(), edit.cursorPosition()) == ("2013-02", 6)


def test_calendar_opens_at_the_day_and_within_the_bounds(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-02-03", FIRST, LAST)
    calendar = edit.show_calendar().calendar
    assert calendar.selectedDate() == QDate(2013, 2, 3)
    assert (calendar.minimumDate(), calendar.maximumDate()) == (QDate(2013, 1, 1), QDate(2013, 12, 31))


@pytest.mark.parametrize("text", ["", "x"])
def test_calendar_of_no_day_opens_at_the_nearest(qtbot: QtBot, text: str) -> None:
    edit = make(qtbot, text, FIRST, LAST)
    assert edit.show_calendar().calendar.selectedDate() == QDate(2013, 12, 31)


def test_picked_day_is_taken_and_the_calendar_goes(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-02-03")
    popup = edit.show_calendar()
    QTest.keyClick(popup.calendar.view(), Qt.Key.Key_Right)
    QTest.keyClick(popup.calendar.view(), Qt.Key.Key_Return)
    assert edit.text() == "2013-02-04"
    assert not popup.isVisible()


def test_calendar_left_without_a_choice_changes_nothing(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-02-03")
    popup = edit.show_calendar()
    QTest.keyClick(popup.calendar.view(), Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert edit.text() == "2013-02-03"


@pytest.mark.parametrize("way", ["key", "button"])
def test_alt_and_down_or_the_button_open_the_calendar(qtbot: QtBot, way: str) -> None:
    edit = make(qtbot, "2013-02-03")
    if way == "key":
        QTest.keyClick(edit, Qt.Key.Key_Down, ALT)
    else:
        QTest.mouseClick(edit.button, Qt.MouseButton.LeftButton)
    (popup,) = edit.findChildren(CalendarPopup)
    assert popup.isVisible()
    assert edit.text() == "2013-02-03"
    popup.close()


def test_months_turn_and_are_named(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-12-03")
    popup = edit.show_calendar()
    QTest.mouseClick(popup.row.after, Qt.MouseButton.LeftButton)
    assert [title.text() for title in popup.row.titles] == ["January 2014"]
    QTest.mouseClick(popup.row.before, Qt.MouseButton.LeftButton)
    assert [title.text() for title in popup.row.titles] == ["December 2013"]
    popup.close()


def test_month_shows_all_seven_days_of_its_weeks(qtbot: QtBot) -> None:
    months = MonthRow(2, None, None)
    qtbot.addWidget(months)
    months.show()
    for month in months.months:
        bar = month.view().horizontalScrollBar()
        assert (bar.minimum(), bar.maximum()) == (0, 0)


def test_day_is_taken_in_the_language_s_form_and_in_iso_s(qtbot: QtBot, form: ReportForm) -> None:
    language.use(LanguageId.GERMAN)
    form.set_catalog((define(RANGE),))
    assert line_of(form, "start").text() == "01.01.2013"
    type_into(form, "3.2.2013", "start")
    type_into(form, "2013-05-04", "end")
    leave(form, "end")
    assert line_of(form, "end").text() == "04.05.2013"
    assert submitted(qtbot, form).parameters == {"start": "2013-02-03", "end": "2013-05-04"}


def test_empty_day_takes_its_default_visibly_when_it_is_left(form: ReportForm) -> None:
    form.set_catalog((define(RANGE),))
    type_into(form, "", "start")
    leave(form, "start")
    assert line_of(form, "start").text() == "2013-01-01"


def test_optional_day_is_left_out_until_it_is_set(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "format": "date"}}),))
    assert submitted(qtbot, form).parameters == {}
    type_into(form, "2026-11-23")
    assert submitted(qtbot, form).parameters == {"a": "2026-11-23"}
    type_into(form, "")
    assert submitted(qtbot, form).parameters == {}


@pytest.mark.parametrize(
    "properties",
    [
        RANGE,
        {"from": RANGE["start"], "to": RANGE["end"]},
        {"a": {**RANGE["start"], "rangeWith": "b"}, "b": RANGE["end"]},
    ],
)
def test_neighbours_that_are_a_span_share_a_row_and_a_note(form: ReportForm, properties: dict[str, object]) -> None:
    form.set_catalog((define(properties),))
    first, second = properties
    block = block_of(form, first)
    assert block is block_of(form, second)
    assert len({block.fields[0].y(), block.fields[1].y()}) == 1
    assert note_of(form, first).text() == "365 days. The last day counts."


def test_other_neighbours_share_nothing(form: ReportForm) -> None:
    form.set_catalog((define({"born": RANGE["start"], "died": RANGE["end"]}),))
    assert block_of(form, "born") is not block_of(form, "died")


@pytest.fixture
def popup(qtbot: QtBot) -> Iterator[RangePopup]:
    owner = QPushButton()
    qtbot.addWidget(owner)
    owner.show()
    popup = RangePopup(owner, Span(FIRST, LAST), (None, None), TODAY)
    popup.open_below()
    yield popup
    owner.close()


def test_range_opens_at_the_old_span_and_chooses_nothing(popup: RangePopup) -> None:
    assert popup.span == Span(FIRST, LAST)
    assert popup.presets.currentRow() == -1
    assert popup.months.titles[0].text() == "January 2013"


def test_range_opens_in_the_calendar_whose_keys_change_nothing(popup: RangePopup) -> None:
    month = popup.months.months[0]
    assert month.view().hasFocus()
    assert month.selectedDate() == QDate(2013, 1, 1)
    QTest.keyClick(month.view(), Qt.Key.Key_Right)
    assert month.selectedDate() == QDate(2013, 1, 2)
    assert popup.span == Span(FIRST, LAST)


def test_days_are_picked_with_the_keys_alone(qtbot: QtBot, popup: RangePopup) -> None:
    view = popup.months.months[0].view()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(view, key)
    assert popup.span == Span(date(2013, 1, 2), date(2013, 1, 9))
    popup.use.setFocus()
    with qtbot.waitSignal(popup.taken):
        QTest.keyClick(popup.use, Qt.Key.Key_Return)


def test_focus_on_the_presets_is_seen_where_none_is_chosen(popup: RangePopup) -> None:
    before = popup.presets.grab().toImage()
    popup.presets.setFocus()
    assert popup.presets.grab().toImage() != before


def test_enter_on_the_button_that_keeps_the_old_keeps_it(qtbot: QtBot, popup: RangePopup) -> None:
    QTest.keyClicks(popup.year, "2012")
    popup.keep.setFocus()
    with qtbot.assertNotEmitted(popup.taken):
        QTest.keyClick(popup.keep, Qt.Key.Key_Return)
    assert not popup.isVisible()


def test_days_in_the_wrong_order_are_said_and_not_taken(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define(RANGE),))
    type_into(form, "2014-06-01", "start")
    button = block_of(form, "start").range
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    (popup,) = button.findChildren(RangePopup)
    assert popup.summary.text() == "The first day is after the last."
    assert not popup.use.isEnabled()
    with qtbot.assertNotEmitted(popup.taken):
        QTest.keyClick(popup.year, Qt.Key.Key_Return)
    QTest.keyClicks(popup.year, "2014")
    assert (popup.summary.text(), popup.use.isEnabled()) == ("2014-01-01 – 2014-12-31 · 365 days", True)
    popup.close()


@pytest.mark.parametrize("text", ["", "x", "2013-05-01", "2013-12-31"])
def test_note_of_a_range_says_whatever_is_in_it_that_the_last_day_counts(form: ReportForm, text: str) -> None:
    form.set_catalog((define({"start": RANGE["start"], "end": {"type": "string", "format": "date"}}),))
    type_into(form, text, "end")
    assert note_of(form, "start").text().endswith("The last day counts.")


def test_preset_is_taken_with_its_check_and_sent(qtbot: QtBot, popup: RangePopup) -> None:
    row = [popup.presets.item(n).text() for n in range(popup.presets.count())].index("Last month")
    place = popup.presets.visualItemRect(popup.presets.item(row)).center()
    QTest.mouseClick(popup.presets.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert popup.summary.text() == "2026-10-01 – 2026-10-31 · 31 days"
    assert popup.months.titles[0].text() == "October 2026"
    with qtbot.waitSignal(popup.taken) as signal:
        QTest.mouseClick(popup.use, Qt.MouseButton.LeftButton)
    assert signal.args == [Span(date(2026, 10, 1), date(2026, 10, 31))]
    assert not popup.isVisible()


def test_arrow_in_the_presets_begins_at_the_first(popup: RangePopup) -> None:
    QTest.keyClick(popup.presets, Qt.Key.Key_Down)
    assert popup.span == Span(TODAY, TODAY)


def test_year_is_all_of_its_days(popup: RangePopup) -> None:
    QTest.keyClicks(popup.year, "2012")
    assert popup.span == Span(date(2012, 1, 1), date(2012, 12, 31))


@pytest.mark.parametrize("days", [(5, 9), (9, 5)])
def test_two_days_are_a_span_in_either_order(popup: RangePopup, days: tuple[int, int]) -> None:
    for day in days:
        popup.months.months[0].clicked.emit(QDate(2013, 1, day))
    assert popup.span == Span(date(2013, 1, 5), date(2013, 1, 9))
    popup.months.months[0].clicked.emit(QDate(2013, 1, 20))
    assert popup.span == Span(date(2013, 1, 20), date(2013, 1, 20))


def test_keeping_the_old_sends_nothing(qtbot: QtBot, popup: RangePopup) -> None:
    QTest.keyClicks(popup.year, "2012")
    with qtbot.assertNotEmitted(popup.taken):
        QTest.mouseClick(popup.keep, Qt.MouseButton.LeftButton)
    assert not popup.isVisible()


def test_months_follow_each_other_whichever_is_turned(qtbot: QtBot) -> None:
    row = MonthRow(2, None, None)
    qtbot.addWidget(row)
    row.show_month(date(2013, 1, 1))
    row.months[1].showNextMonth()
    assert [title.text() for title in row.titles] == ["February 2013", "March 2013"]
    row.months[0].showPreviousMonth()
    assert [title.text() for title in row.titles] == ["January 2013", "February 2013"]


def test_click_where_no_day_is_picks_none(qtbot: QtBot) -> None:
    edit = make(qtbot, "2013-01-15")
    popup = edit.show_calendar()
    table = popup.calendar.view()
    cells = [table.model().index(row, column) for row in range(6) for column in range(7)]
    places = [table.visualRect(cell).center() for cell in cells]
    picked: list[date] = []
    popup.row.picked.disconnect()
    popup.row.picked.connect(picked.append)
    for place in places:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert picked == [date(2013, 1, day) for day in range(1, 32)]
    popup.close()


def test_little_room_has_one_month(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = QPushButton()
    qtbot.addWidget(owner)
    counts = []
    for room in (1, 1000):
        monkeypatch.setattr(range_popup, "ROOM_FOR_TWO", room)
        counts.append(len(RangePopup(owner, None, (None, None), TODAY).months.months))
    assert counts == [2, 1]


def test_range_is_put_into_both_fields_and_judged(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define(RANGE),))
    type_into(form, "2015-01-01", "start")
    form.submit()
    button = block_of(form, "start").range
    assert button is not None
    popup = button.show_popup()
    QTest.keyClicks(popup.year, "2014")
    QTest.keyClick(popup.year, Qt.Key.Key_Return)
    assert [line_of(form, name).text() for name in RANGE] == ["2014-01-01", "2014-12-31"]
    assert not any(field.error for field in block_of(form, "start").fields)
    assert submitted(qtbot, form).parameters == {"start": "2014-01-01", "end": "2014-12-31"}


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
def test_popup_opens_below_the_line_or_above_it_and_on_the_screen(x: int, y: int, place: tuple[int, int]) -> None:
    chosen = choose_place(QRect(x, y, 200, 30), QSize(300, 200), QRect(0, 0, 800, 800))
    assert (chosen.x(), chosen.y()) == place


def test_popup_is_never_larger_than_the_screen(qtbot: QtBot, form: ReportForm) -> None:
    letters = [str(number) for number in range(200)]
    form.set_catalog((define({"a": {"type": "array", "items": {"enum": letters}}}),))
    several = form.stops()[3]
    QTest.mouseClick(several, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    popup = several.findChildren(Popup)[0]
    assert popup.height() <= form.screen().availableGeometry().height()
    popup.close()
