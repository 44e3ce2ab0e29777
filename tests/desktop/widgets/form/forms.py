"""The form, filled in."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.field_block import FieldBlock
from desktop.widgets.form.format_choice import FormatChoice
from desktop.widgets.form.note_label import NoteLabel
from desktop.widgets.form.parameter_field import ParameterField
from desktop.widgets.form.parameter_page import ParameterPage
from desktop.widgets.form.report_form import ReportForm

Schema = Mapping[str, Any]

RANGE = {
    "start": {"type": "string", "format": "date", "title": "From", "default": "2013-01-01"},
    "end": {"type": "string", "format": "date", "title": "To", "default": "2013-12-31"},
}
WORST_DAYS = {
    **RANGE,
    "days": {
        "type": "integer",
        "title": "Days",
        "description": "How many days to list.",
        "minimum": 1,
        "maximum": 366,
        "default": 10,
    },
    "origin": {"type": "string", "enum": ["EWR", "JFK", "LGA"], "title": "Origin"},
    "threshold": {"type": "integer", "title": "Late from (min)", "minimum": 1, "maximum": 720, "default": 15},
}


def define(properties: dict[str, Any], *required: str, **changes: Any) -> DefinitionInfo:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    told = {"id": "x", "title": "X", "description": "", "parameters": schema, "formats": ("csv",)} | changes
    return DefinitionInfo(**told)


def page_of(form: ReportForm) -> ParameterPage:
    assert form.page is not None
    return form.page


def field_of(form: ReportForm, name: str = "a") -> ParameterField:
    return page_of(form).fields[name]


def block_of(form: ReportForm, name: str = "a") -> FieldBlock:
    return next(block for block in page_of(form).blocks if field_of(form, name) in block.fields)


def note_of(form: ReportForm, name: str = "a") -> NoteLabel:
    note = block_of(form, name).note
    assert note is not None
    return note


def line_of(form: ReportForm, name: str = "a") -> QLineEdit:
    line = field_of(form, name).editor.widget
    assert isinstance(line, QLineEdit)
    return line


def submitted(qtbot: QtBot, form: ReportForm) -> GenerateReport:
    with qtbot.waitSignal(form.submitted) as signal:
        QTest.mouseClick(form.generate, Qt.MouseButton.LeftButton)
    assert signal.args is not None
    assert isinstance(signal.args[0], GenerateReport)
    return signal.args[0]


def type_into(form: ReportForm, text: str, name: str = "a") -> None:
    line = line_of(form, name)
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)


def wait_a_moment(form: ReportForm) -> None:
    """Let the pause after the last key pass, without waiting for it."""
    page_of(form).pause.stop()
    page_of(form).pause.timeout.emit()


def leave(form: ReportForm, name: str = "a") -> None:
    focus(form, line_of(form, name))
    focus(form, form.generate)


def focus(form: ReportForm, widget: QWidget) -> None:
    form.activateWindow()
    widget.setFocus()
    QApplication.processEvents()


def format_of(form: ReportForm) -> FormatChoice:
    assert form.format is not None
    return form.format
