from collections.abc import Mapping
from typing import Any

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDateEdit, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.parameter_page import ParameterField, choose_keys
from desktop.widgets.report_form import ReportForm

Schema = Mapping[str, Any]

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


def define(properties: dict[str, Any], *required: str, **changes: Any) -> DefinitionInfo:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    told = {"id": "x", "title": "X", "description": "", "parameters": schema, "formats": ("csv",)} | changes
    return DefinitionInfo(**told)


@pytest.fixture
def form(qtbot: QtBot) -> ReportForm:
    form = ReportForm()
    qtbot.addWidget(form)
    form.show()
    return form


def field_of(form: ReportForm, name: str = "a") -> ParameterField:
    assert form.page is not None
    return form.page.fields[name]


def submitted(qtbot: QtBot, form: ReportForm) -> GenerateReport:
    with qtbot.waitSignal(form.submitted) as signal:
        form.generate.click()
    assert signal.args is not None
    assert isinstance(signal.args[0], GenerateReport)
    return signal.args[0]


def test_form_waits_for_the_catalog(form: ReportForm) -> None:
    assert form.description.text() == "Waiting for the service…"
    assert not form.generate.isEnabled()


def test_empty_catalog_offers_nothing(form: ReportForm) -> None:
    form.set_catalog(())
    assert form.description.text() == "The service offers no reports."
    assert not form.generate.isEnabled()


def test_sample_is_asked_for_as_filled_in(qtbot: QtBot, form: ReportForm, sample: DefinitionInfo) -> None:
    form.set_catalog((sample,))
    rows = field_of(form, "amountOfRows").editor.widget
    assert isinstance(rows, QSpinBox)
    rows.setValue(1_000_000)
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
        ({"type": "integer", "minimum": 0, "maximum": 9, "default": 3}, QSpinBox, 3),
        ({"type": "integer", "minimum": 0, "maximum": 2**31, "default": 2**31}, QLineEdit, 2**31),
        ({"type": "integer", "minimum": 0, "default": 3}, QLineEdit, 3),
        ({"type": "integer", "minimum": 0, "maximum": 9}, QLineEdit, None),
        ({"type": "number", "default": 0.1}, QLineEdit, 0.1),
        ({"type": "string", "default": "a"}, QLineEdit, "a"),
        ({"type": "string"}, QLineEdit, None),
        ({"type": "string", "default": ""}, QLineEdit, ""),
        ({"type": "boolean", "default": True}, QCheckBox, True),
        ({"type": "boolean"}, QComboBox, None),
        ({"type": "string", "enum": ["a", "b"], "default": "b"}, QComboBox, "b"),
        ({"type": "integer", "enum": [1, 2]}, QComboBox, None),
        ({"type": "string", "format": "date", "default": "2026-02-28"}, QDateEdit, "2026-02-28"),
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
        ({"type": "number"}, " 1.5 ", 1.5),
        ({"type": "string"}, " as typed ", " as typed "),
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
        ({"type": "integer"}, "", "Must be a whole number"),
        ({"type": "number", "maximum": 1}, "2", "Must be a number up to 1"),
        ({"type": "number", "default": 1}, "", "Must be a number"),
        ({"type": "string", "maxLength": 2}, "abc", "Must be a text of at most 2 characters"),
        ({"type": "string", "pattern": "^C[0-9]+$"}, "x", "Must be a text"),
        ({"type": "string"}, "", "Must be a text"),
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


def test_number_half_typed_into_a_spin_box_is_not_replaced(qtbot: QtBot, form: ReportForm) -> None:
    form.set_catalog((define({"a": {"type": "integer", "minimum": 10, "maximum": 99, "default": 50}}),))
    spin = field_of(form).editor.widget
    assert isinstance(spin, QSpinBox)
    spin.lineEdit().setText("5")
    with qtbot.assertNotEmitted(form.submitted):
        form.submit()
    assert field_of(form).error == "Must be a whole number from 10 to 99"


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
    field_of(form).editor.restore((True, QDate(2026, 11, 23)))
    assert submitted(qtbot, form).parameters == {"a": "2026-11-23"}


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


@pytest.mark.parametrize(("formats", "chosen"), [(("csv",), None), (("csv", "xlsx"), "xlsx")])
def test_format_is_a_choice_only_where_there_is_one(
    qtbot: QtBot, form: ReportForm, formats: tuple[str, ...], chosen: str | None
) -> None:
    form.set_catalog((define({}, formats=formats),))
    assert form.format.isVisible() is (chosen is not None)
    form.format.setCurrentText("xlsx")
    assert submitted(qtbot, form).format == chosen


def test_choice_and_values_survive_a_catalog_that_comes_again(form: ReportForm, sample: DefinitionInfo) -> None:
    other = define({"a": {"type": "string"}, "b": {"type": "integer"}}, formats=("csv", "xlsx"))
    form.set_catalog((sample, other))
    form.choice.setCurrentIndex(1)
    form.format.setCurrentText("xlsx")
    type_into(form, "kept")
    type_into(form, "half-", "b")
    changed = define({"a": {"type": "string"}, "b": {"type": "string"}}, formats=("csv", "xlsx"), title="Y")
    form.set_catalog((changed, sample))
    assert form.definition == changed
    assert field_of(form).editor.draft() == "kept"
    assert field_of(form, "b").editor.draft() == ""
    assert form.format.currentText() == "xlsx"


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


def type_into(form: ReportForm, text: str, name: str = "a") -> None:
    line = field_of(form, name).editor.widget
    assert isinstance(line, QLineEdit)
    line.setText(text)
