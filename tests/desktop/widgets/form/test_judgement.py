"""When a field is judged, and what is shown then."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo
from desktop.widgets.form.parameter_page import PAUSE_MS
from desktop.widgets.form.report_form import ReportForm
from desktop.wording.tone import Tone
from tests.desktop.widgets.form.forms import (
    RANGE,
    WORST_DAYS,
    Schema,
    block_of,
    define,
    field_of,
    focus,
    leave,
    line_of,
    note_of,
    page_of,
    submitted,
    type_into,
    wait_a_moment,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")


@pytest.mark.parametrize(
    ("prop", "text", "reason"),
    [
        ({"type": "integer", "minimum": 0}, "-1", "Must be 0 or more."),
        ({"type": "integer"}, "1.5", "Must be a whole number."),
        ({"type": "integer", "maximum": 90_000, "default": 1}, "900000", "Must be 90,000 or less."),
        ({"type": "number"}, "5e3", "Must be a number."),
        ({"type": "integer"}, "", "Is needed."),
        ({"type": "string", "maxLength": 2}, "abc", "Must be no longer than 2 characters."),
        ({"type": "string", "pattern": "^C[0-9]+$"}, "x", "Does not fit: ^C[0-9]+$"),
        ({"type": "string"}, "", "Is needed."),
        ({"type": "string", "format": "date"}, "", "Is needed."),
        ({"type": "string", "format": "date"}, "2013-02-30", "There is no such day."),
        ({"type": "string", "format": "date"}, "soon", "Must be a day, such as 2013-12-31."),
    ],
)
def test_what_is_not_allowed_is_said_below_the_field_and_not_sent(
    qtbot: QtBot, form: ReportForm, prop: Schema, text: str, reason: str
) -> None:
    form.set_catalog((define({"a": prop}, "a"),))
    type_into(form, text)
    with qtbot.assertNotEmitted(form.submitted):
        form.generate.click()
    assert (note_of(form).text(), note_of(form).tone) == (reason, Tone.FAILED)
    assert field_of(form).editor.widget.property("wrong") is True
    assert form.message.text() == "1 field needs a look. Nothing was sent."


def test_typing_is_judged_after_a_pause_and_mended_at_once(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    pause = page_of(form).pause
    assert pause.interval() == PAUSE_MS == 600
    type_into(form, "1.5", "delay")
    assert pause.isActive()
    assert field_of(form, "delay").error == ""
    wait_a_moment(form)
    assert field_of(form, "delay").error == "Must be a whole number from 0 to 840,000."
    type_into(form, "15", "delay")
    assert (field_of(form, "delay").error, note_of(form, "delay").tone) == ("", Tone.QUIET)


def test_field_is_judged_when_it_is_left(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    focus(form, line_of(form, "delay"))
    type_into(form, "x", "delay")
    focus(form, line_of(form, "amountOfRows"))
    assert field_of(form, "delay").error != ""


def test_field_that_was_only_looked_at_is_not_judged(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string"}, "b": {"type": "string"}}, "a"),))
    leave(form)
    assert field_of(form).error == ""


def test_note_says_the_bounds_and_one_sentence(form: ReportForm) -> None:
    form.set_catalog((define(WORST_DAYS),))
    assert note_of(form, "days").text() == "1 to 366. How many days to list."
    assert block_of(form, "origin").note is None


def test_long_note_is_whole_in_its_tooltip_and_no_markup(form: ReportForm) -> None:
    long = "Leaves out <what> was flown less often: " + "averages say little " * 8
    form.set_catalog((define({"a": {"type": "integer", "description": long}}),))
    assert note_of(form).toolTip().count("averages") == 8
    assert "&lt;what&gt;" in note_of(form).toolTip()
    assert note_of(form).width() <= form.width()


def test_nothing_moves_when_everything_is_wrong(form: ReportForm) -> None:
    form.resize(328, 700)
    form.set_catalog((define(WORST_DAYS),))
    type_into(form, "20", "days")  # the name of the set says from now on that its values were changed
    QApplication.processEvents()
    before = geometries(form)
    type_into(form, "2014-05-01", "start")
    type_into(form, "900000", "days")
    type_into(form, "1.5", "threshold")
    form.submit()
    QApplication.processEvents()
    assert form.message.text() == "4 fields need a look. Nothing was sent."
    assert geometries(form) == before


def geometries(form: ReportForm) -> list[QRect]:
    form.setFocus()
    widgets = [widget for widget in form.findChildren(QWidget) if widget.isVisible()]
    return [QRect(widget.mapTo(form, widget.rect().topLeft()), widget.size()) for widget in widgets]


def test_generate_judges_all_goes_to_the_first_and_counts_what_is_left(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string"}, "b": {"type": "string"}}, "a", "b"),))
    focus(form, form.generate)
    form.generate.click()
    assert line_of(form, "a").hasFocus()
    assert form.message.text() == "2 fields need a look. Nothing was sent."
    type_into(form, "x", "a")
    assert form.message.text() == "1 field needs a look. Nothing was sent."
    type_into(form, "y", "b")
    assert form.message.text() == ""
    assert submitted(qtbot, form).parameters == {"a": "x", "b": "y"}


def test_wrong_fields_are_announced(form: ReportForm, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            heard.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    form.set_catalog((define({"a": {"type": "string"}}, "a"),))
    form.submit()
    assert heard == ["1 field needs a look. Nothing was sent."]


def test_span_that_ends_before_it_starts_marks_both_ends_and_counts_both(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define(RANGE),))
    type_into(form, "2014-06-01", "start")
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    assert note_of(form, "start").text() == "From is after To."
    assert [field_of(form, name).editor.widget.property("wrong") for name in RANGE] == [True, True]
    assert form.message.text() == "2 fields need a look. Nothing was sent."
    type_into(form, "2013-05-31", "start")
    assert note_of(form, "start").text() == "215 days. The last day counts."
    assert submitted(qtbot, form).parameters == {"start": "2013-05-31", "end": "2013-12-31"}


def test_span_is_judged_after_a_pause(form: ReportForm) -> None:
    form.set_catalog((define(RANGE),))
    type_into(form, "2012-12-31", "end")
    assert field_of(form, "end").error == ""
    wait_a_moment(form)
    assert field_of(form, "end").error == "From is after To."


def test_ends_of_a_span_that_stand_apart_are_judged_too(form: ReportForm) -> None:
    apart = {"start": RANGE["start"], "n": {"type": "integer", "default": 1}, "end": RANGE["end"]}
    form.set_catalog((define(apart),))
    type_into(form, "2014-01-01", "start")
    wait_a_moment(form)
    assert field_of(form, "end").error == "From is after To."
    type_into(form, "2013-01-01", "start")
    assert field_of(form, "end").error == ""


def test_service_s_errors_stand_in_the_notes_and_the_rest_above_generate(form: ReportForm) -> None:
    form.set_catalog((define(WORST_DAYS),))
    form.show_field_errors({"days": "must be less", "origin": "is closed", "other": "is not a parameter"})
    assert note_of(form, "days").text() == "Must be less"
    assert form.message.text() == "Origin is closed. other is not a parameter."
    type_into(form, "5", "days")
    assert (note_of(form, "days").tone, form.message.text()) == (Tone.QUIET, "")


MANY = {f"p{n}": {"type": "string"} for n in range(20)}


def test_wrong_field_out_of_sight_is_scrolled_to(form: ReportForm) -> None:
    form.resize(328, 500)
    form.set_catalog((define(MANY | {"a": {"type": "integer"}}, "a"),))
    QApplication.processEvents()
    assert field_of(form).visibleRegion().isEmpty()
    form.generate.click()
    assert not note_of(form).visibleRegion().isEmpty()


def test_field_the_service_refused_is_scrolled_to(form: ReportForm) -> None:
    form.resize(328, 500)
    form.set_catalog((define(MANY | {"a": {"type": "integer"}}),))
    QApplication.processEvents()
    form.show_field_errors({"a": "must be less"})
    assert not note_of(form).visibleRegion().isEmpty()


def test_many_parameters_scroll_and_leave_generate_in_sight(form: ReportForm) -> None:
    form.resize(328, 500)
    form.set_catalog((define(MANY),))
    QApplication.processEvents()
    assert form.generate.isVisible()
    assert form.foot.geometry().bottom() <= form.height()
    assert page_of(form).height() > form.height()


def test_scroll_bar_takes_its_room_from_the_margin(form: ReportForm) -> None:
    form.resize(328, 500)
    form.set_catalog((define({"a": {"type": "string"}}), define(MANY, id="y")))
    QApplication.processEvents()
    width = line_of(form).width()
    form.choose("y")
    QApplication.processEvents()
    assert form.area.verticalScrollBar().isVisible()
    assert line_of(form, "p0").width() == width


def test_accessible_description_begins_with_what_is_wrong(form: ReportForm) -> None:
    form.set_catalog((define(WORST_DAYS),))
    editor = field_of(form, "days").editor.widget
    assert (editor.accessibleName(), editor.accessibleDescription()) == ("Days", "1 to 366. How many days to list.")
    type_into(form, "900000", "days")
    wait_a_moment(form)
    assert editor.accessibleDescription() == ("Wrong: Must be 366 or less. 1 to 366. How many days to list.")
