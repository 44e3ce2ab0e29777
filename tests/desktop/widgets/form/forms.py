"""The form, filled in."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from backend.protocol.messages import DefinitionInfo, GenerateReport
from desktop.widgets.form.format_choice import FormatChoice
from desktop.widgets.form.parameter_page import ParameterField
from desktop.widgets.form.report_form import ReportForm

Schema = Mapping[str, Any]


def define(properties: dict[str, Any], *required: str, **changes: Any) -> DefinitionInfo:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    told = {"id": "x", "title": "X", "description": "", "parameters": schema, "formats": ("csv",)} | changes
    return DefinitionInfo(**told)


def field_of(form: ReportForm, name: str = "a") -> ParameterField:
    assert form.page is not None
    return form.page.fields[name]


def submitted(qtbot: QtBot, form: ReportForm) -> GenerateReport:
    with qtbot.waitSignal(form.submitted) as signal:
        form.generate.click()
    assert signal.args is not None
    assert isinstance(signal.args[0], GenerateReport)
    return signal.args[0]


def type_into(form: ReportForm, text: str, name: str = "a") -> None:
    line = field_of(form, name).editor.widget
    assert isinstance(line, QLineEdit)
    line.setText(text)


def format_of(form: ReportForm) -> FormatChoice:
    assert form.format is not None
    return form.format
