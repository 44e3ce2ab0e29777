from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.widgets.reports.reports_model import ReportsModel
from desktop.wording.reports.report_columns import COLUMNS, NUMBERS, ColumnId
from desktop.wording.reports.report_row import Work
from desktop.wording.reports.report_state import Shown
from tests.desktop.conftest import NOW
from tests.desktop.widgets.reports.rows import make_row, make_rows, running

Role = Qt.ItemDataRole


def shown(model: ReportsModel) -> str:
    return "".join(row.report_id for row in model.rows)


@pytest.fixture
def model(qtbot: QtBot, qtmodeltester: ModelTester) -> ReportsModel:
    """A model whose every change is checked against Qt's rules."""
    model = ReportsModel()
    model.now = NOW
    qtmodeltester.check(model, force_py=True)  # type: ignore[no-untyped-call]
    model.set_rows(make_rows("abcd"))
    return model


@pytest.mark.parametrize("ids", ["", "a", "abcd", "eabcd", "abde", "dcba", "bd", "xay", "cabde", "dxaby", "xyzw"])
def test_any_new_order_is_reached_by_legal_changes(model: ReportsModel, ids: str) -> None:
    model.set_rows(make_rows(ids))
    assert shown(model) == ids
    assert [model.number_of(report_id) for report_id in ids] == list(range(len(ids)))


@pytest.mark.parametrize("ids", ["eabcd", "bcd", "bacd", "dbca", "fb"])
def test_indexes_go_with_their_reports(model: ReportsModel, ids: str) -> None:
    kept = QPersistentModelIndex(model.index(1, 3))
    model.set_rows(make_rows(ids))
    assert (kept.row(), kept.column()) == (ids.index("b"), 3)


def test_model_is_never_reset(qtbot: QtBot, model: ReportsModel) -> None:
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_rows(make_rows("dcxa"))


def test_page_of_reports_is_inserted_at_once(model: ReportsModel) -> None:
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    model.set_rows(make_rows("abcdefghijklmnop"))
    assert inserted == [(4, 15)]


def test_same_rows_change_nothing(qtbot: QtBot, model: ReportsModel) -> None:
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.layoutChanged):
        model.set_rows(list(model.rows))


@pytest.mark.parametrize("changes", ["c", "ad", "bc", "abcd"])
def test_changed_rows_are_the_only_ones_announced(model: ReportsModel, changes: str) -> None:
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.set_rows([make_row(row.report_id, Shown.SAVED) if row.report_id in changes else row for row in model.rows])
    assert told == [("abcd".index(each), "abcd".index(each)) for each in changes]


def test_cells_have_texts_tips_and_words_to_be_read(model: ReportsModel) -> None:
    model.set_rows([running("a")])

    def cell(column: ColumnId, role: Role) -> object:
        return model.index(0, NUMBERS[column]).data(role)

    assert cell(ColumnId.STATE, Role.DisplayRole) == "Running"
    assert cell(ColumnId.FINISHED, Role.DisplayRole) == "in 40 s"
    assert cell(ColumnId.PROGRESS, Role.AccessibleTextRole) == "Writing 61,440 of 98,210, 62 percent"
    assert cell(ColumnId.ROWS, Role.AccessibleTextRole) == "none"
    assert cell(ColumnId.REPORT, Role.ToolTipRole) == "<p>Report a</p>"


def test_age_is_as_of_the_model_s_time(model: ReportsModel) -> None:
    model.set_rows([make_row("a", finished_at=NOW - timedelta(minutes=3))])
    index, texts = model.index(0, NUMBERS[ColumnId.FINISHED]), []
    for minutes in (0, 1, 60, 24 * 60):
        model.now = (NOW + timedelta(minutes=minutes)).astimezone(NOW.tzinfo)
        texts.append(index.data())
    assert texts == ["3 min ago", "4 min ago", "14:02", "23 Nov"]


def test_tips_are_plain_text(model: ReportsModel) -> None:
    model.set_rows([make_row("a", title="<b>x</b>", work=Work("<i>no</i>"), values={"x": "<u>"})])
    for number in range(len(COLUMNS)):
        assert not any(tag in str(model.index(0, number).data(Role.ToolTipRole)) for tag in ("<b>", "<i>", "<u>"))


def test_header_is_aligned_like_its_column(model: ReportsModel) -> None:
    for number in range(len(COLUMNS)):
        asked = Role.TextAlignmentRole
        assert model.headerData(number, Qt.Orientation.Horizontal, asked) == model.index(0, number).data(asked)
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_only_saved_files_can_be_dragged(model: ReportsModel) -> None:
    model.set_rows([make_row("a"), make_row("b", Shown.SAVED, saved_path=Path("/tmp/b & c.csv"))])
    ready, saved = (model.index(number, 0) for number in (0, 1))
    assert not ready.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert saved.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert [url.toLocalFile() for url in model.mimeData([ready, saved]).urls()] == ["/tmp/b & c.csv"]
