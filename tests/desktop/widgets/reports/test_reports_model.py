from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.widgets.reports.reports_model import BAR_ROLE, COLUMNS, ELAPSED, TONE_ROLE, ReportsModel
from desktop.widgets.reports.reports_table import ReportsTable
from desktop.wording.reports.report_row import Bar, ReportRow, with_elapsed
from desktop.wording.tone import Tone


def make_row(report_id: str, state: str = "Running") -> ReportRow:
    return ReportRow(report_id=report_id, title=f"Report {report_id}", state=state, tone=Tone.RUNNING)


def make_rows(ids: str) -> list[ReportRow]:
    return [make_row(report_id) for report_id in ids]


def shown(model: ReportsModel) -> str:
    rows = [model.row_at(number) for number in range(model.rowCount())]
    return "".join(row.report_id for row in rows if row)


@pytest.fixture
def model(qtbot: QtBot, qtmodeltester: ModelTester) -> ReportsModel:
    """A model whose every change is checked against Qt's rules."""
    model = ReportsModel()
    qtmodeltester.check(model, force_py=True)  # type: ignore[no-untyped-call]
    model.set_reports(make_rows("abcd"))
    return model


@pytest.mark.parametrize("ids", ["", "a", "abcd", "eabcd", "abde", "dcba", "bd", "xay", "cabde", "dxaby"])
def test_any_new_order_is_reached_by_legal_changes(model: ReportsModel, ids: str) -> None:
    model.set_reports(make_rows(ids))
    assert shown(model) == ids


@pytest.mark.parametrize("ids", ["eabcd", "bcd", "bacd", "dbca", "fb"])
def test_selection_stays_with_its_report(qtbot: QtBot, model: ReportsModel, ids: str) -> None:
    table = ReportsTable(model)
    qtbot.addWidget(table)
    table.selectRow(1)
    model.set_reports(make_rows(ids))
    assert table.current_row is not None
    assert table.current_row.report_id == "b"


def test_model_is_never_reset(qtbot: QtBot, model: ReportsModel) -> None:
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_reports(make_rows("dcxa"))


def test_same_rows_change_nothing(qtbot: QtBot, model: ReportsModel) -> None:
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.rowsInserted):
        model.set_reports(make_rows("abcd"))


def test_one_changed_row_is_the_only_one_announced(qtbot: QtBot, model: ReportsModel) -> None:
    rows = make_rows("abcd")
    rows[2] = make_row("c", "Ready")
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.set_reports(rows)
    assert changed.args is not None
    assert [index.row() for index in changed.args[:2]] == [2, 2]


def test_time_moves_only_the_elapsed_column_of_running_rows(qtbot: QtBot, model: ReportsModel, now: datetime) -> None:
    rows = make_rows("ab")
    rows[1] = replace(rows[1], running_since=now)
    model.set_reports(rows)
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.set_reports([with_elapsed(row, now + timedelta(seconds=41)) for row in rows])
    assert changed.args is not None
    assert [(index.row(), index.column()) for index in changed.args[:2]] == [(1, ELAPSED)] * 2
    assert model.index(1, ELAPSED).data() == "0:41"
    with qtbot.assertNotEmitted(model.dataChanged):
        model.set_reports([with_elapsed(row, now + timedelta(seconds=41.5)) for row in rows])


def test_cells_say_what_the_row_says(model: ReportsModel) -> None:
    bar = Bar("Writing", 0.5)
    row = replace(
        make_row("a"), bar=bar, rows="12", size="1 MB", file="a.csv", requested_at="14:05", detail="<b>no</b>"
    )
    model.set_reports([row])
    texts = [model.index(0, number).data() for number in range(len(COLUMNS))]
    assert texts == ["Report a", "Running", "Writing", "", "12", "1 MB", "a.csv", "14:05"]
    assert model.index(0, 2).data(BAR_ROLE) == bar
    assert model.index(0, 2).data(TONE_ROLE) is None
    assert model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "<p>&lt;b&gt;no&lt;/b&gt;</p>"


def test_note_stands_where_the_bar_would_in_the_colour_of_its_tone(model: ReportsModel) -> None:
    model.set_reports([replace(make_row("a"), note="It failed.", tone=Tone.FAILED)])
    assert model.index(0, 2).data() == "It failed."
    assert model.index(0, 2).data(TONE_ROLE) == Tone.FAILED


def test_header_is_aligned_like_its_column(model: ReportsModel) -> None:
    for number in range(len(COLUMNS)):
        asked = Qt.ItemDataRole.TextAlignmentRole
        assert model.headerData(number, Qt.Orientation.Horizontal, asked) == model.index(0, number).data(asked)
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_scroll_position_survives_news(qtbot: QtBot) -> None:
    model = ReportsModel()
    table = ReportsTable(model)
    qtbot.addWidget(table)
    table.resize(600, 200)
    rows = [make_row(str(number)) for number in range(100)]
    model.set_reports(rows)
    table.show()
    table.verticalScrollBar().setValue(500)
    model.set_reports([make_row("0", "Ready"), *rows[1:]])
    assert table.verticalScrollBar().value() == 500


def test_only_a_choice_of_the_analyst_is_told(qtbot: QtBot, model: ReportsModel) -> None:
    table = ReportsTable(model)
    qtbot.addWidget(table)
    with qtbot.assertNotEmitted(table.chosen):
        table.show_reports(make_rows("abcd"), "b")
        table.show_reports([make_row("a"), make_row("b", "Ready"), *make_rows("cd")], "b")
        table.show_reports([make_row("a"), *make_rows("cd")], "c")
        table.show_reports(make_rows("abcd"), "b")
    with qtbot.waitSignal(table.chosen) as chosen:
        table.selectionModel().setCurrentIndex(
            model.index(2, 0),
            QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
        )
    assert chosen.args == ["c"]
    table.selectionModel().clearSelection()
    assert table.current_row is None


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (1000, set()),
        (900, {"Elapsed"}),
        (800, {"Elapsed", "Size"}),
        (640, {"Elapsed", "Size", "Requested", "Rows"}),
        (300, {"Elapsed", "Size", "Requested", "Rows"}),
    ],
)
def test_narrow_table_leaves_out_what_matters_least_and_takes_it_back(
    qtbot: QtBot, model: ReportsModel, width: int, left_out: set[str]
) -> None:
    table = ReportsTable(model)
    qtbot.addWidget(table)
    table.show()
    for size in (300, 1200, width):
        table.resize(size, 300)
    assert {column.title for number, column in enumerate(COLUMNS) if table.isColumnHidden(number)} == left_out


def test_report_is_chosen_by_its_id_and_brought_into_view(qtbot: QtBot, model: ReportsModel) -> None:
    table = ReportsTable(model)
    qtbot.addWidget(table)
    table.resize(400, 120)
    table.show()
    table.show_reports(make_rows("abcdefghijkl"), "l")
    assert table.current_row == model.row_at(11)
    assert table.viewport().rect().contains(table.visualRect(model.index(11, 0)).center())
    table.show_reports(make_rows("abcdefghijkl"), "z")
    assert table.current_row == model.row_at(11)
