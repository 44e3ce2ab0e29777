"""Words of the service are never markup, in whichever widget they stand."""

import re
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget
from pytestqt.qtbot import QtBot

import desktop
from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, Failure, Result
from backend.protocol.preview import Preview, PreviewColumn
from desktop.session.connection_status import Connection, SignInNeeded, Waiting
from desktop.widgets.main_window import MainWindow
from tests.desktop.conftest import NOW, RESULT, EntryFactory, SessionFactory
from tests.desktop.screens import Screen

MARKUP = '<img src="file:///etc/passwd"><b>&amp;</b>'


def hostile(definition: DefinitionInfo) -> DefinitionInfo:
    properties: dict[str, dict[str, object]] = {
        kind: {"type": kind, "title": MARKUP, "description": MARKUP}
        for kind in ("string", "integer", "number", "boolean")
    }
    properties["choice"] = {"type": "string", "title": MARKUP, "description": MARKUP, "enum": [MARKUP, "b"]}
    properties["day"] = {"type": "string", "format": "date", "title": MARKUP, "description": MARKUP}
    return replace(
        definition, title=MARKUP, description=MARKUP, formats=("csv", "xlsx", "parquet"),
        parameters={"type": "object", "properties": properties, "required": ["string"]},
    )  # fmt: skip


def tips(window: QWidget) -> list[str]:
    """Every tooltip there is: of widgets, and of rows, columns and choices."""
    found = [widget.toolTip() for widget in window.findChildren(QWidget)]
    for view in window.findChildren(QAbstractItemView):
        model = view.model()
        for row in range(-1, model.rowCount()):
            for column in range(model.columnCount()):
                role = Qt.ItemDataRole.ToolTipRole
                header = model.headerData(column, Qt.Orientation.Horizontal, role)
                found.append(str((model.index(row, column).data(role) if row >= 0 else header) or ""))
    return found


def test_service_s_words_are_never_markup(
    qtbot: QtBot,
    make_session: SessionFactory,
    known: EntryFactory,
    unsent: EntryFactory,
    sample: DefinitionInfo,
) -> None:
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.show()
    failure = Failure(code="internal", message=MARKUP)
    named = Result(**{name: getattr(RESULT, name) for name in RESULT.__struct_fields__} | {"file_name": MARKUP})
    entries = (
        known(1, State.FAILED, error=failure, parameters={"string": MARKUP}),
        known(2, State.SUCCEEDED, result=named, definition=MARKUP),
        unsent(3),
    )
    connections: list[Connection] = [Waiting(100.0, MARKUP), SignInNeeded(MARKUP)]
    preview = Preview(columns=(PreviewColumn(name=MARKUP, type="text"),), rows=((MARKUP,),), row_count=1)
    for connection in connections:
        session = make_session(*entries, catalog=(hostile(sample),), connection=connection, notice=MARKUP)
        window.show_session(session, 100.0, NOW)
        window.show_previews({entry.report_id: preview for entry in entries})
        for row in range(len(entries)):
            window.reports.table.selectRow(row)
            assert_plain(window)


def assert_plain(window: MainWindow) -> None:
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or "<" not in label.text(), label.text()
    shown = tips(window)
    assert any("&lt;img" in tip for tip in shown)
    assert not [tip for tip in shown if "<img" in tip or "<b>" in tip]


def test_every_label_is_made_by_the_function_that_makes_it_plain() -> None:
    sources = Path(desktop.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if re.search(r"\bQLabel\((?!QLabel)", path.read_text())] == ["plain_text.py"]
