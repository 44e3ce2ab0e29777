import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo, GenerateReport
from backend.protocol.parameters import describe
from desktop.widgets.form.date_edit import DateEdit
from desktop.widgets.form.number_edit import NumberEdit
from desktop.widgets.form.parameter_page import choose_keys
from desktop.widgets.form.report_form import DESCRIPTION_LENGTH, ReportForm
from tests.desktop.widgets.form.forms import Schema, define, field_of, format_of, submitted, type_into

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


def test_form_waits_for_the_catalog(form: ReportForm) -> None:
    assert form.description.text() == "Waiting for the service…"
    assert not form.generate.isEnabled()


def test_empty_catalog_offers_nothing(form: ReportForm) -> None:
    form.set_catalog(())
    assert form.description.text() == "The service offers no reports."
    assert not form.generate.isEnabled()


def test_sample_is_asked_for_as_filled_in(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    type_into(form, "1,000,000", "amountOfRows")
    assert submitted(qtbot, form) == GenerateReport(
        definition="sample", parameters={"delay": 40000, "amountOfRows": 1_000_000}
    )


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_in_a_field_generates(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo, key: Qt.Key) -> None:
    form.set_catalog((sample,))
    form.activateWindow()
    field_of(form, "delay").setFocus()
    with qtbot.waitSignal(form.submitted):
        qtbot.keyClick(  # type: ignore[no-untyped-call]
            field_of(form, "delay").editor.widget, key
        )


@pytest.mark.parametrize(
    ("prop", "kind", "value"),
    [
        ({"type": "integer", "minimum": 0, "maximum": 9, "default": 3}, NumberEdit, 3),
        ({"type": "integer", "minimum": 0, "default": 2**53 + 1}, NumberEdit, 2**53 + 1),
        ({"type": "integer", "minimum": 0, "maximum": 9}, NumberEdit, None),
        ({"type": "number", "default": 0.1}, NumberEdit, 0.1),
        ({"type": "number", "default": 1e22}, NumberEdit, 1e22),
        ({"type": "string", "default": "a"}, QLineEdit, "a"),
        ({"type": "string"}, QLineEdit, None),
        ({"type": "string", "default": ""}, QLineEdit, ""),
        ({"type": "boolean", "default": True}, QCheckBox, True),
        ({"type": "boolean"}, QComboBox, None),
        ({"type": "string", "enum": ["a", "b"], "default": "b"}, QComboBox, "b"),
        ({"type": "integer", "enum": [1, 2]}, QComboBox, None),
        ({"type": "string", "format": "date", "default": "2026-02-28"}, DateEdit, "2026-02-28"),
        ({"type": "string", "format": "date"}, DateEdit, None),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, QLineEdit, None),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "default": ["a", "b"]}, QLineEdit, ["a", "b"]),
    ],
)
def test_each_type_has_its_editor_and_starts_with_the_default(
    qtbot: QtBot, form: ReportForm, prop: Schema, kind: type, value: object
) -> None:
    form.set_catalog((define({"a": prop}),))
    assert isinstance(field_of(form).editor.widget, kind)
    assert submitted(qtbot, form).parameters == ({} if value is None else {"a": value})


@pytest.mark.parametrize(
    ("prop", "text", "value"),
    [
        ({"type": "integer", "minimum": 0}, "9007199254740993", 9007199254740993),
        ({"type": "integer", "minimum": 0}, " 9,007,199,254,740,993 ", 9007199254740993),
        ({"type": "number"}, " 1.5 ", 1.5),
        ({"type": "number"}, "-1,234.5", -1234.5),
        ({"type": "number"}, "5e3", 5000),
        ({"type": "string"}, " as typed ", " as typed "),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "b , a", ["b", "a"]),
        ({"type": "array", "items": {"enum": [5, 17]}}, "17", [17]),
    ],
)
def test_typed_text_becomes_the_property_s_type(
    qtbot: QtBot, form: ReportForm, prop: Schema, text: str, value: object
) -> None:
    form.set_catalog((define({"a": prop}, "a"),))
    type_into(form, text)
    assert submitted(qtbot, form).parameters == {"a": value}


@pytest.mark.parametrize(
    ("prop", "text", "reason"),
    [
        ({"type": "integer", "minimum": 0}, "-1", "Must be a whole number from 0"),
        ({"type": "integer"}, "1.5", "Must be a whole number"),
        ({"type": "integer"}, "5e3", "Must be a whole number"),
        ({"type": "integer"}, "1.0", "Must be a whole number"),
        ({"type": "integer"}, "1,5", "Must be a whole number"),
        ({"type": "integer"}, "1,50,000", "Must be a whole number"),
        ({"type": "integer"}, "1_000", "Must be a whole number"),
        ({"type": "integer"}, "\u0661", "Must be a whole number"),
        ({"type": "integer", "maximum": 90_000, "default": 1}, "900000", "Must be a whole number up to 90,000"),
        ({"type": "integer", "default": 1}, "", "Must be a whole number"),
        ({"type": "number"}, "1,5", "Must be a number"),
        ({"type": "integer"}, "", "Must be a whole number"),
        ({"type": "number", "maximum": 1}, "2", "Must be a number up to 1"),
        ({"type": "number", "default": 1}, "", "Must be a number"),
        ({"type": "string", "maxLength": 2}, "abc", "Must be a text of at most 2 characters"),
        ({"type": "string", "pattern": "^C[0-9]+$"}, "x", "Must be a text that matches ^C[0-9]+$"),
        ({"type": "string"}, "", "Must be a text"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "", "Must be a list of some of a, b"),
        ({"type": "array", "items": {"enum": ["a"]}, "default": ["a"]}, " ", "Must be a list of some of a"),
        ({"type": "array", "items": {"enum": ["a"]}}, "c", 'Must be a list of some of a; "c" is none of them'),
    ],
)
def test_what_is_not_allowed_is_said_below_the_field_and_not_sent(
    qtbot: QtBot, form: ReportForm, prop: Schema, text: str, reason: str
) -> None:
    form.set_catalog((define({"a": prop}, "a"),))
    type_into(form, text)
    with qtbot.assertNotEmitted(form.submitted):
        form.generate.click()
    assert field_of(form).message.text() == reason
    assert field_of(form).message.isVisible()


@pytest.mark.parametrize("keys", ["900000", "1.5", "5e3", "-", "abc", "1 000", "4,00"])
def test_typed_number_stays_as_it_was_typed(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo, keys: str) -> None:
    form.set_catalog((sample,))
    form.activateWindow()
    edit = field_of(form, "delay").editor.widget
    assert isinstance(edit, NumberEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, keys)  # type: ignore[no-untyped-call]
    form.generate.setFocus()
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    assert edit.text() == keys
    assert field_of(form, "delay").error == parameters_error(sample, "delay")


def parameters_error(definition: DefinitionInfo, name: str) -> str:
    words = describe(definition.parameters["properties"][name])
    return f"Must be {words}"


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ("5", Qt.Key.Key_Up, "6"),
        ("1,000", Qt.Key.Key_Down, "999"),
        ("9", Qt.Key.Key_Up, "10"),
        ("5000", Qt.Key.Key_Up, "1,000"),
        ("-5", Qt.Key.Key_Down, "0"),
        ("1.5", Qt.Key.Key_Up, "3"),
        ("", Qt.Key.Key_Down, "3"),
    ],
)
def test_arrows_step_to_the_next_number_within_the_bounds(
    qtbot: QtBot, form: ReportForm, before: str, key: Qt.Key, after: str
) -> None:
    form.set_catalog((define({"a": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 3}}),))
    type_into(form, before)
    edit = field_of(form).editor.widget
    qtbot.keyClick(edit, key)  # type: ignore[no-untyped-call]
    assert isinstance(edit, NumberEdit)
    assert edit.text() == after


def test_long_text_is_kept_whole(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string"}}),))
    type_into(form, "x" * 100_000)
    assert submitted(qtbot, form).parameters == {"a": "x" * 100_000}


RANGE = {
    "start": {"type": "string", "format": "date", "default": "2013-01-01"},
    "end": {"type": "string", "format": "date", "default": "2013-12-31"},
}


def test_range_that_ends_before_it_starts_is_said_and_not_sent(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define(RANGE),))
    type_into(form, "2013-06-01", "start")
    type_into(form, "2013-05-31", "end")
    assert field_of(form, "end").message.text() == "Must not be before 2013-06-01"
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    type_into(form, "2013-05-31", "start")
    assert field_of(form, "end").error == ""
    assert submitted(qtbot, form).parameters == {"start": "2013-05-31", "end": "2013-05-31"}


def test_empty_date_shows_the_usual_one_and_takes_it_when_it_is_left(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define(RANGE),))
    form.activateWindow()
    start = field_of(form, "start").editor.widget
    assert isinstance(start, DateEdit)
    start.setFocus()
    start.clear()
    assert start.placeholderText() == "2013-01-01"
    assert submitted(qtbot, form).parameters == {"end": "2013-12-31"}
    form.generate.setFocus()
    qtbot.waitUntil(lambda: start.text() == "2013-01-01")
    type_into(form, "2012-12-31", "end")
    assert field_of(form, "end").error == "Must not be before 2013-01-01"


def test_wheel_over_an_editor_without_focus_changes_nothing(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    form.generate.setFocus()
    spin = field_of(form, "delay").editor.widget
    up, at = QPoint(0, 120), QPointF(5, 5)
    phase, inverted = Qt.ScrollPhase.NoScrollPhase, False
    button, key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(at, at, up, up, button, key, phase, inverted)
    QApplication.sendEvent(spin, wheel)
    assert field_of(form, "delay").read() == 40000


def test_required_choice_must_be_made(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "enum": ["b", "c"]}}, "a"),))
    with qtbot.assertNotEmitted(form.submitted):
        form.generate.click()
    assert field_of(form).error == "Must be one of b, c"
    combo = field_of(form).editor.widget
    assert isinstance(combo, QComboBox)
    combo.setCurrentText("c")
    assert submitted(qtbot, form).parameters == {"a": "c"}


def test_optional_date_is_left_out_until_it_is_set(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "format": "date"}}),))
    assert submitted(qtbot, form).parameters == {}
    type_into(form, "2026-11-23")
    assert submitted(qtbot, form).parameters == {"a": "2026-11-23"}
    type_into(form, "")
    assert submitted(qtbot, form).parameters == {}


BOUND = {"minimum": "2013-01-01", "maximum": "2013-12-31"}


@pytest.mark.parametrize(
    ("prop", "text", "reason"),
    [
        ({}, "", "Must be a date, as YYYY-MM-DD"),
        ({}, "2013-02-30", "Must be a date, as YYYY-MM-DD"),
        ({}, "1.2.2013", "Must be a date, as YYYY-MM-DD"),
        (BOUND, "2012-12-31", "Must be a date from 2013-01-01 to 2013-12-31"),
        (BOUND, "2014-01-01", "Must be a date from 2013-01-01 to 2013-12-31"),
        ({"minimum": "2013-01-01"}, "2012-12-31", "Must be a date from 2013-01-01"),
        ({"maximum": "2013-12-31"}, "2014-01-01", "Must be a date to 2013-12-31"),
    ],
)
def test_date_that_is_none_or_out_of_bounds_is_not_sent(
    qtbot: QtBot, form: ReportForm, prop: Schema, text: str, reason: str
) -> None:
    form.set_catalog((define({"a": {"type": "string", "format": "date", **prop}}, "a"),))
    type_into(form, text)
    with qtbot.assertNotEmitted(form.submitted):
        form.generate.click()
    assert field_of(form).error == reason


def test_needed_date_starts_empty_rather_than_with_a_guess(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "format": "date"}}, "a"),))
    line = field_of(form).editor.widget
    assert isinstance(line, QLineEdit)
    assert (line.text(), line.placeholderText()) == ("", "YYYY-MM-DD")


def test_choice_that_need_not_be_made_says_any_and_is_not_sent(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "enum": ["AA", "B6"]}}),))
    combo = field_of(form).editor.widget
    assert isinstance(combo, QComboBox)
    assert [combo.itemText(n) for n in range(combo.count())] == ["Any", "AA", "B6"]
    combo.setCurrentText("B6")
    assert submitted(qtbot, form).parameters == {"a": "B6"}
    combo.setCurrentText("Any")
    assert submitted(qtbot, form).parameters == {}


def test_choice_that_must_be_made_says_so(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "enum": ["AA"]}}, "a"),))
    combo = field_of(form).editor.widget
    assert isinstance(combo, QComboBox)
    assert combo.currentText() == "Choose…"


@pytest.mark.parametrize(
    "prop", [{"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "string", "format": "date"}]
)
def test_line_that_may_stay_empty_says_any(form: ReportForm, prop: Schema) -> None:
    form.set_catalog((define({"a": prop, "b": prop}, "b"),))
    lines = [field_of(form, name).editor.widget for name in "ab"]
    assert [isinstance(line, QLineEdit) and line.placeholderText() == "Any" for line in lines] == [True, False]


def test_long_description_is_cut_below_the_field_and_whole_in_its_tooltip(form: ReportForm) -> None:
    long = "Leaves out <what> was flown less often: " + "averages say little " * 8
    form.set_catalog((define({"a": {"type": "integer", "description": long}}),))
    hint = field_of(form).message.text()
    assert hint.endswith(" …")
    assert long.startswith(hint.removesuffix(" …"))
    assert "&lt;what&gt;" in field_of(form).toolTip()
    assert field_of(form).toolTip().count("averages") == 8
    assert field_of(form).editor.widget.accessibleDescription() == long


def test_text_of_a_certain_form_is_explained_where_it_is_wrong(form: ReportForm) -> None:
    prop = {"type": "string", "pattern": "^[A-Z]{3}$", "description": "The three letters of an airport."}
    form.set_catalog((define({"a": prop}),))
    type_into(form, "lax")
    assert field_of(form).message.text() == "Must be a text. The three letters of an airport."


def test_many_parameters_scroll_and_leave_generate_in_sight(form: ReportForm) -> None:
    form.resize(260, 400)
    form.set_catalog((define({f"p{n}": {"type": "string", "description": "x " * 40} for n in range(20)}),))
    assert form.generate.isVisible()
    assert form.generate.geometry().bottom() <= form.height()
    assert form.page is not None
    assert form.page.sizeHint().height() > form.height()
    assert form.width() == 260


def test_first_wrong_field_gets_the_focus(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string"}, "b": {"type": "string"}}, "a", "b"),))
    form.activateWindow()
    form.generate.click()
    assert field_of(form, "a").editor.widget.hasFocus()


def test_hint_comes_back_when_the_value_is_good(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "integer", "description": "How many."}}, "a"),))
    type_into(form, "x")
    assert field_of(form).message.text() == "Must be a whole number"
    type_into(form, "1")
    assert field_of(form).message.text() == "How many."


def test_service_s_errors_stand_beside_their_fields(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    form.show_field_errors({"delay": "must be less", "other": "is not a parameter of this report"})
    assert field_of(form, "delay").message.text() == "Must be less"
    assert form.error.text() == "other is not a parameter of this report."


def test_wrong_field_out_of_sight_is_scrolled_to(form: ReportForm) -> None:
    form.resize(260, 400)
    form.set_catalog((define({f"p{n}": {"type": "string"} for n in range(20)} | {"a": {"type": "integer"}}, "a"),))
    QApplication.processEvents()
    assert field_of(form).visibleRegion().isEmpty()
    form.generate.click()
    assert not field_of(form).editor.widget.visibleRegion().isEmpty()


def test_field_the_service_refused_is_scrolled_to(form: ReportForm) -> None:
    form.resize(260, 400)
    form.set_catalog((define({f"p{n}": {"type": "string"} for n in range(20)} | {"a": {"type": "integer"}}),))
    QApplication.processEvents()
    form.show_field_errors({"a": "must be less"})
    assert not field_of(form).editor.widget.visibleRegion().isEmpty()


def test_what_is_wrong_has_the_room_it_needs(form: ReportForm) -> None:
    form.resize(220, 500)
    prop = {"type": "string", "pattern": "^x$", "description": "Many words that need more than one line. " * 4}
    form.set_catalog((define({"a": {"type": "string"}, "b": prop, "c": {"type": "string"}}),))
    type_into(form, "wrong", "b")
    message = field_of(form, "b").message
    for _ in range(10):  # a layout that is told of a new height tells the one around it
        QApplication.processEvents()
    assert message.height() >= message.heightForWidth(message.width())


def test_long_description_of_a_report_is_cut_and_whole_in_its_tooltip(form: ReportForm) -> None:
    long = "What a <b>report</b> says of itself. " * 12
    form.set_catalog((define({}, description=long),))
    assert len(form.description.text()) <= DESCRIPTION_LENGTH
    assert form.description.toolTip().count("&lt;b&gt;") == 12
    assert form.choice.itemData(0, Qt.ItemDataRole.ToolTipRole).count("&lt;b&gt;") == 12


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_list_of_reports_shows_what_each_is(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample, define({}, description="<i>Words</i> " * 60), define({}, id="y")))
    form.choice.showPopup()
    view = form.choice.view()
    heights = [view.sizeHintForIndex(form.choice.model().index(row, 0)).height() for row in range(3)]
    line = form.choice.fontMetrics().lineSpacing()
    assert heights[0] == pytest.approx(heights[2] + line, abs=4)
    assert heights[1] == pytest.approx(heights[2] + 2 * line, abs=4)
    assert view.width() > 2 * form.choice.minimumWidth()
    assert not view.grab().isNull()
    form.choice.hidePopup()


def test_titles_do_not_widen_the_form(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "enum": ["x" * 300]}}, title="A long title " * 20),))
    assert form.minimumSizeHint().width() < 250


def test_choice_and_values_survive_a_catalog_that_comes_again(form: ReportForm, sample: DefinitionInfo) -> None:
    other = define({"a": {"type": "string"}, "b": {"type": "integer"}}, formats=("csv", "xlsx"))
    form.set_catalog((sample, other))
    form.choice.setCurrentIndex(1)
    format_of(form).choose("xlsx")
    type_into(form, "kept")
    type_into(form, "half-", "b")
    changed = define({"a": {"type": "string"}, "b": {"type": "string"}}, formats=("csv", "xlsx"), title="Y")
    form.set_catalog((changed, sample))
    assert form.definition == changed
    assert field_of(form).editor.draft() == "kept"
    assert field_of(form, "b").editor.draft() == ""
    assert format_of(form).chosen == "xlsx"


def test_values_survive_a_look_at_another_report(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample, define({"a": {"type": "string"}})))
    form.choice.setCurrentIndex(1)
    type_into(form, "kept")
    form.choice.setCurrentIndex(0)
    assert form.description.text() == "Waits, then writes."
    form.choice.setCurrentIndex(1)
    assert field_of(form).editor.draft() == "kept"


def test_labels_and_editors_are_named(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    assert field_of(form, "delay").editor.widget.accessibleName() == "Delay (ms)"
    assert field_of(form, "delay").editor.widget.accessibleDescription() == "How long it works."


@pytest.mark.parametrize(
    ("titles", "labels"),
    [
        (["Delay", "Rows"], ["&Delay", "R&ows"]),
        (["Date", "Day", "Do"], ["&Date", "D&ay", "D&o"]),
        (["R & D"], ["R && &D"]),
        (["Day", "Dd", "3"], ["&Day", "Dd", "3"]),
    ],
)
def test_no_two_labels_have_the_same_key(titles: list[str], labels: list[str]) -> None:
    assert choose_keys(titles, "RFG") == labels
