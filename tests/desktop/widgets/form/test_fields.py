import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPushButton, QStyle, QStyleOptionButton
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo
from desktop.widgets.form.dates.date_edit import DateEdit
from desktop.widgets.form.editors.number_edit import NumberEdit
from desktop.widgets.form.editors.several_choice import SeveralChoice
from desktop.widgets.form.note_label import GAP, ICON, NOTE_HEIGHT
from desktop.widgets.form.report_form import ReportForm
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import Appearance, look
from desktop.wording import language
from desktop.wording.language import LanguageId
from tests.desktop.widgets.form.forms import (
    Schema,
    define,
    field_of,
    focus,
    format_of,
    leave,
    line_of,
    note_of,
    submitted,
    type_into,
)

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "This plugin does not support")
SEVERAL = {"type": "array", "items": {"enum": ["EWR", "JFK", "LGA"]}, "title": "Origins"}


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
        (SEVERAL, SeveralChoice, None),
        (SEVERAL | {"default": ["LGA", "EWR"]}, SeveralChoice, ["EWR", "LGA"]),
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
        ({"type": "string"}, " as typed ", " as typed "),
    ],
)
def test_typed_text_becomes_the_property_s_type(
    qtbot: QtBot, form: ReportForm, prop: Schema, text: str, value: object
) -> None:
    form.set_catalog((define({"a": prop}, "a"),))
    type_into(form, text)
    assert submitted(qtbot, form).parameters == {"a": value}


@pytest.mark.parametrize("keys", ["900000", "1.5", "5e3", "-", "abc", "1 000", "4,00"])
def test_typed_number_stays_as_it_was_typed(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo, keys: str) -> None:
    form.set_catalog((sample,))
    edit = line_of(form, "delay")
    type_into(form, keys, "delay")
    focus(form, form.generate)
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    assert edit.text() == keys
    assert field_of(form, "delay").error


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ("5", Qt.Key.Key_Up, "6"),
        ("1,000", Qt.Key.Key_Down, "999"),
        ("9", Qt.Key.Key_Up, "10"),
        ("5000", Qt.Key.Key_Up, "1,000"),
        ("-5", Qt.Key.Key_Down, "0"),
        ("1.5", Qt.Key.Key_Up, "2.5"),
        ("x", Qt.Key.Key_Up, "3"),
        ("", Qt.Key.Key_Down, "3"),
    ],
)
def test_arrows_step_by_one_within_the_bounds(form: ReportForm, before: str, key: Qt.Key, after: str) -> None:
    form.set_catalog((define({"a": {"type": "number", "minimum": 0, "maximum": 1000, "default": 3}}),))
    type_into(form, before)
    QTest.keyClick(line_of(form), key)
    assert line_of(form).text() == after


def test_empty_number_takes_its_default_visibly_when_it_is_left(form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    type_into(form, "", "delay")
    leave(form, "delay")
    assert line_of(form, "delay").text() == "40,000"


@pytest.mark.parametrize(
    ("spoken", "typed", "left"),
    [
        (LanguageId.ENGLISH, "66000", "66,000"),
        (LanguageId.ENGLISH, "1234567.50", "1,234,567.50"),
        (LanguageId.ENGLISH, "-1000", "-1,000"),
        (LanguageId.ENGLISH, "12", "12"),
        (LanguageId.ENGLISH, "5e3", "5e3"),
        (LanguageId.ENGLISH, "6,6000", "6,6000"),
        (LanguageId.ENGLISH, "9000000", "9000000"),
        (LanguageId.ENGLISH, "x", "x"),
        (LanguageId.GERMAN, "66000", "66.000"),
        (LanguageId.GERMAN, "1234,5", "1.234,5"),
    ],
)
def test_number_is_grouped_when_it_is_left_and_no_other_one(
    form: ReportForm, spoken: LanguageId, typed: str, left: str
) -> None:
    language.use(spoken)
    form.set_catalog((define({"a": {"type": "number", "maximum": 8_000_000}, "b": {"type": "string"}}),))
    focus(form, line_of(form))
    type_into(form, typed)
    assert line_of(form).text() == typed
    leave(form)
    assert line_of(form).text() == left


def test_long_text_is_kept_whole(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string"}}),))
    line_of(form).setText("x" * 100_000)
    assert submitted(qtbot, form).parameters == {"a": "x" * 100_000}


@pytest.mark.parametrize("has_focus", [True, False])
@pytest.mark.parametrize(
    "prop",
    [
        {"type": "integer", "default": 3},
        {"type": "string", "enum": ["a", "b"], "default": "b"},
        {"type": "string", "format": "date", "default": "2013-01-01"},
    ],
)
def test_wheel_changes_no_field(form: ReportForm, prop: Schema, has_focus: bool) -> None:  # noqa: FBT001  a case
    form.set_catalog((define({"a": prop}, formats=("csv", "xlsx")),))
    widgets = (field_of(form).editor.widget, format_of(form).choice)
    for widget in widgets:
        focus(form, widget if has_focus else form.generate)
        QApplication.sendEvent(widget, wheel())
    assert field_of(form).read() == prop["default"]
    assert format_of(form).chosen == "csv"


@pytest.mark.parametrize("percent", [100, 150])
@pytest.mark.parametrize("count", [1, 2, 3, 12, 30])
def test_list_of_a_choice_shows_whole_items_up_to_twelve(form: ReportForm, count: int, percent: int) -> None:
    look().wear(Appearance.LIGHT, percent)
    choices = [str(number) for number in range(count)]
    form.set_catalog((define({"a": {"type": "string", "enum": choices, "default": "0"}}),))
    combo = field_of(form).editor.widget
    assert isinstance(combo, QComboBox)
    focus(form, combo)
    QTest.keyClick(combo, Qt.Key.Key_Return)
    items = [combo.view().visualRect(combo.model().index(row, 0)) for row in range(min(count, 12))]
    shown = combo.view().viewport().rect()
    assert all(shown.contains(item) for item in items)
    assert all(item.height() > combo.fontMetrics().height() for item in items)
    assert shown.height() == items[-1].bottom() + 1
    combo.hidePopup()


@pytest.mark.parametrize("count", [2, 30])
def test_list_of_a_choice_is_as_wide_as_its_texts(form: ReportForm, count: int) -> None:
    form.resize(300, 700)
    choices = [f"{number} {'very ' * 12}long" for number in range(count)]
    form.set_catalog((define({"a": {"type": "string", "enum": choices}}),))
    combo = field_of(form).editor.widget
    assert isinstance(combo, QComboBox)
    QApplication.processEvents()
    focus(form, combo)
    QTest.keyClick(combo, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert combo.view().viewport().width() >= combo.view().sizeHintForColumn(0) > combo.width()
    combo.hidePopup()


def wheel() -> QWheelEvent:
    down, at = QPoint(0, -120), QPointF(5, 5)
    phase, inverted = Qt.ScrollPhase.NoScrollPhase, False
    return QWheelEvent(at, at, down, down, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, phase, inverted)


def test_choice_that_need_not_be_made_begins_with_any_which_is_not_sent(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "enum": ["AA", "B6"]}}),))
    combo = field_of(form).editor.widget
    assert isinstance(combo, QComboBox)
    assert [combo.itemText(n) for n in range(combo.count())] == ["Any", "AA", "B6"]
    focus(form, combo)
    QTest.keyClicks(combo, "B")
    assert submitted(qtbot, form).parameters == {"a": "B6"}
    combo.setCurrentText("Any")
    assert submitted(qtbot, form).parameters == {}


def test_choice_that_must_be_made_says_so_and_is_not_guessed(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "enum": ["b", "c"]}}, "a"),))
    combo = field_of(form).editor.widget
    assert isinstance(combo, QComboBox)
    assert combo.currentText() == "Choose…"
    with qtbot.assertNotEmitted(form.submitted):
        form.generate.click()
    assert (field_of(form).error, combo.property("wrong")) == ("Is needed.", True)
    combo.setCurrentText("c")
    assert combo.property("wrong") is False
    assert submitted(qtbot, form).parameters == {"a": "c"}


def several(form: ReportForm) -> SeveralChoice:
    button = field_of(form).editor.widget
    assert isinstance(button, SeveralChoice)
    return button


def test_several_are_checked_in_a_popup_and_named_on_the_button(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": SEVERAL}),))
    assert several(form).said == "Any"
    popup = several(form).show_popup()
    QTest.mouseClick(popup.checks[1], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    QTest.keyClick(popup.checks[0], Qt.Key.Key_Space)
    assert several(form).said == "EWR, JFK"
    popup.close()
    assert submitted(qtbot, form).parameters == {"a": ["EWR", "JFK"]}


def test_no_choice_is_the_default_visibly(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": SEVERAL | {"default": ["LGA"]}}),))
    several(form).set_values([])
    assert submitted(qtbot, form).parameters == {"a": ["LGA"]}
    assert several(form).said == "LGA"


def test_many_choices_are_counted(form: ReportForm) -> None:
    letters = [chr(65 + number) * 2 for number in range(9)]
    form.set_catalog((define({"a": {"type": "array", "items": {"enum": letters}}}),))
    several(form).set_values(letters[:7])
    assert several(form).said == "7 chosen"


def test_too_few_choices_are_wrong(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": SEVERAL | {"minItems": 2}}),))
    several(form).set_values(["EWR"])
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    assert field_of(form).error == "Choose 2 or more."


def test_arrows_go_through_the_boxes_of_a_popup_and_enter_ends_it(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": SEVERAL}),))
    popup = several(form).show_popup()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    assert popup.focusWidget() is popup.checks[1]
    with qtbot.assertNotEmitted(form.submitted):
        QTest.keyClick(popup, Qt.Key.Key_Return)
    assert not popup.isVisible()


def test_letter_goes_to_the_next_choice_that_begins_so(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "array", "items": {"enum": ["AA", "AS", "B6", "UA"]}}}),))
    popup = several(form).show_popup()
    seen = []
    for letter in "uaaa":
        QTest.keyClicks(popup.focusWidget(), letter)
        focused = popup.focusWidget()
        assert isinstance(focused, QCheckBox)
        seen.append(focused.text())
    assert seen == ["UA", "AA", "AS", "AA"]
    assert several(form).values == ()
    popup.close()


def test_all_and_none_are_one_press_each(form: ReportForm) -> None:
    form.set_catalog((define({"a": SEVERAL}),))
    popup = several(form).show_popup()
    QTest.mouseClick(popup.all, Qt.MouseButton.LeftButton)
    assert several(form).values == ("EWR", "JFK", "LGA")
    popup.none.setFocus()
    QTest.keyClick(popup.none, Qt.Key.Key_Return)
    assert (popup.isVisible(), several(form).values) == (True, ())
    popup.close()


@pytest.mark.parametrize("width", [290, 420])
def test_list_of_several_is_as_wide_as_its_field(form: ReportForm, width: int) -> None:
    form.resize(width, 700)
    form.set_catalog((define({"a": SEVERAL}),))
    QApplication.processEvents()
    popup = several(form).show_popup()
    assert popup.width() >= several(form).width()
    popup.close()


@pytest.mark.parametrize("place", ["field", "popup"])
def test_ring_of_the_focus_leaves_the_check_box_whole(form: ReportForm, place: str) -> None:
    form.set_catalog((define({"a": SEVERAL, "b": {"type": "boolean", "title": "B", "default": False}}),))
    popup = several(form).show_popup()
    QApplication.processEvents()
    check = popup.checks[0] if place == "popup" else field_of(form, "b").editor.widget
    assert isinstance(check, QCheckBox)
    option = QStyleOptionButton()
    check.initStyleOption(option)
    box = check.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, check)
    assert check.rect().adjusted(3, 3, -3, -3).contains(box)
    popup.close()


@pytest.mark.parametrize(
    "prop", [{"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "string", "format": "date"}]
)
def test_line_that_may_stay_empty_says_any(form: ReportForm, prop: Schema) -> None:
    form.set_catalog((define({"a": prop, "b": prop}, "b"),))
    assert [line_of(form, name).placeholderText() == "Any" for name in "ab"] == [True, False]


def test_check_box_is_its_own_label(form: ReportForm) -> None:
    prop = {"type": "boolean", "title": "Only what was found", "description": "Leaves out the rest.", "default": False}
    form.set_catalog((define({"a": prop}),))
    check = field_of(form).editor.widget
    assert isinstance(check, QCheckBox)
    assert check.text() == "&Only what was found"
    assert note_of(form).text() == "Leaves out the rest."


def test_label_s_letter_goes_to_the_editor(form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "string", "title": "Days"}}),))
    assert field_of(form).label.text() == "&Days"
    assert field_of(form).label.buddy() is field_of(form).editor.widget


def test_escape_leaves_the_text_alone(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    type_into(form, "half-typed", "delay")
    with qtbot.waitSignal(form.escaped):
        QTest.keyClick(line_of(form, "delay"), Qt.Key.Key_Escape)
    assert line_of(form, "delay").text() == "half-typed"


def test_titles_and_values_do_not_widen_the_form(form: ReportForm) -> None:
    long = define({"a": {"type": "string", "enum": ["x" * 300], "title": "y " * 200}}, title="A long title " * 20)
    form.set_catalog((long,))
    assert form.minimumSizeHint().width() < 300
    assert isinstance(form.choice, QPushButton)


@pytest.mark.parametrize("text_percent", [75, 100, 200])
@pytest.mark.parametrize("words", [3, 7, 10])
def test_note_grows_until_its_sentence_is_whole(form: ReportForm, words: int, text_percent: int) -> None:
    look().wear(text_percent=text_percent)
    description = " ".join(["capitals"] * words)
    form.set_catalog((define({"a": {"type": "string", "pattern": "^[A-Z]{3}$", "description": description}}),))
    form.resize(measures.h(20.5), measures.h(30))
    note, least = note_of(form), measures.h(NOTE_HEIGHT)
    type_into(form, "lax")
    leave(form)
    QApplication.processEvents()
    assert note.text() == f"Does not fit: {description}"
    shown = note.folded()
    assert " ".join(shown) == note.text()
    room = note.contentsRect().width() - measures.scaled(ICON) - GAP
    assert all(note.fontMetrics().horizontalAdvance(line) <= room for line in shown)
    assert note.height() == least + (len(shown) - 1) * note.fontMetrics().lineSpacing()
    type_into(form, "LAX")
    leave(form)
    assert note.height() == least + (len(note.folded()) - 1) * note.fontMetrics().lineSpacing()
