from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHeaderView
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from backend.protocol.preview import Preview
from desktop.widgets.pane.cell_table import LEAST_WIDTH_H, MEASURED_ROWS, MOST_WIDTH_H, ROW_PADDING
from desktop.widgets.pane.preview_model import PreviewModel
from desktop.widgets.pane.preview_table import PreviewTable
from desktop.widgets.theme import measures, tokens
from desktop.wording.pane.view import EMPTY
from tests.desktop.widgets.pane.previews import COLUMNS, make

Role = Qt.ItemDataRole
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


# --- the model ------------------------------------------------------------------------------------


@pytest.mark.parametrize("preview", [EMPTY, make(), make(rows=()), make(rows=((),), columns=())])
def test_model_is_sound(qtmodeltester: ModelTester, preview: Preview) -> None:
    model = PreviewModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_preview(preview)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.sort(0)
    model.sort(-1)
    model.show_preview(EMPTY)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def data(model: PreviewModel, row: int, column: int, role: Role = Role.DisplayRole) -> Any:
    return model.data(model.index(row, column), role)


@pytest.fixture
def model() -> PreviewModel:
    model = PreviewModel()
    model.show_preview(make())
    return model


def test_empty_cells_are_empty_and_heard_as_none(model: PreviewModel) -> None:
    assert [data(model, 0, n) for n in range(5)] == ["2013-01-01", "AA", "842", "12.50", "true"]
    assert [data(model, 1, n) for n in range(5)] == ["2013-01-02", "", "", "", ""]
    heard = [data(model, 1, n, Role.AccessibleTextRole) for n in range(5)]
    assert heard == ["2013-01-02", "none", "none", "none", "none"]


def test_numbers_and_their_headers_stand_right(model: PreviewModel) -> None:
    across = Qt.Orientation.Horizontal
    for column, is_right in enumerate((False, False, True, True, False)):
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        assert data(model, 0, column, Role.TextAlignmentRole) & side
        assert model.headerData(column, across, Role.TextAlignmentRole) & side
    assert model.headerData(2, across) == "Flights"
    assert model.headerData(9, across) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_tooltip_says_a_cell_in_full_and_is_no_markup(model: PreviewModel) -> None:
    model.show_preview(make((("<b>one\ntwo</b>",),), (("a<b", "text"),)))
    assert data(model, 0, 0) == "<b>one two</b>"
    assert "&lt;b&gt;one\ntwo&lt;/b&gt;" in data(model, 0, 0, Role.ToolTipRole)
    assert "a&lt;b · Text" in model.headerData(0, Qt.Orientation.Horizontal, Role.ToolTipRole)


def test_nothing_can_be_edited(model: PreviewModel) -> None:
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable


# --- the table ------------------------------------------------------------------------------------


@pytest.fixture
def table(qtbot: QtBot) -> PreviewTable:
    table = PreviewTable()
    qtbot.addWidget(table)
    table.resize(700, 300)
    table.show()
    return table


def test_rows_are_close_together(table: PreviewTable) -> None:
    table.show_preview(make())
    assert table.rowHeight(0) == measures.h() + ROW_PADDING


def test_columns_are_as_wide_as_what_they_hold_within_reason(table: PreviewTable) -> None:
    columns = (("a", "text"), ("b", "text"), ("A title that is longer", "text"), ("d", "text"))
    table.show_preview(make((("x", "y" * 20, "z", "w" * 300),), columns))
    widths = [table.columnWidth(n) for n in range(4)]
    assert widths[0] == measures.h(LEAST_WIDTH_H)
    assert table.fontMetrics().horizontalAdvance("y" * 20) < widths[1] < measures.h(MOST_WIDTH_H)
    assert table.fontMetrics().horizontalAdvance(columns[2][0]) < widths[2] < measures.h(MOST_WIDTH_H)
    assert widths[3] == measures.h(MOST_WIDTH_H)


def test_widths_are_never_asked_of_every_cell(table: PreviewTable) -> None:
    table.show_preview(make())
    modes = {table.horizontalHeader().sectionResizeMode(n) for n in range(len(COLUMNS))}
    assert modes == {QHeaderView.ResizeMode.Interactive}


def test_width_that_was_set_by_hand_stays_while_the_preview_does(table: PreviewTable) -> None:
    preview = make()
    table.show_preview(preview)
    table.setColumnWidth(0, 222)
    table.show_preview(preview)
    assert table.columnWidth(0) == 222


def test_clicks_on_a_header_sort_up_then_down_then_leave_the_file_s_order(table: PreviewTable) -> None:
    table.show_preview(make())
    orders = []
    for _ in range(3):
        click_header(table, 2)
        orders.append([data(table.cells, row, 2) for row in range(3)])
    assert orders == [["842", "12,000", ""], ["12,000", "842", ""], ["842", "", "12,000"]]


def test_another_preview_comes_in_the_file_s_order(table: PreviewTable) -> None:
    table.show_preview(make())
    click_header(table, 2)
    table.show_preview(make(count=9))
    assert [data(table.cells, row, 2) for row in range(3)] == ["842", "", "12,000"]
    assert table.horizontalHeader().sortIndicatorSection() == -1


def test_selection_stays_with_its_cells_when_rows_are_sorted(table: PreviewTable) -> None:
    table.show_preview(make())
    table.setCurrentIndex(table.cells.index(2, 1))
    click_header(table, 3)
    assert [index.data() for index in table.selectedIndexes()] == ["UA"]


def click_header(table: PreviewTable, column: int) -> None:
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_chosen_cells_are_copied_as_other_programs_paste_them(table: PreviewTable, qtbot: QtBot) -> None:
    (copy,) = table.actions()
    columns = (("x", "text"), ("y", "integer"), ("z", "boolean"))
    table.show_preview(make((("a\tb", 12_345, None), ("c\nd", 2, True)), columns))
    table.selectAll()
    with qtbot.waitSignal(table.copied):
        copy.trigger()
    assert QGuiApplication.clipboard().text() == "a b\t12345\t\nc d\t2\ttrue"


def test_nothing_chosen_leaves_the_clipboard_alone(table: PreviewTable) -> None:
    QGuiApplication.clipboard().setText("kept")
    table.show_preview(make())
    table.selectionModel().clear()
    table.copy_chosen()
    assert QGuiApplication.clipboard().text() == "kept"


def test_ring_is_around_the_current_cell_of_the_focused_table_alone(table: PreviewTable, qtbot: QtBot) -> None:
    table.show_preview(make())
    with qtbot.waitActive(table):
        table.activateWindow()
    table.setCurrentIndex(table.cells.index(1, 1))
    ringed = {}
    for name, change in (("focused", table.setFocus), ("left", table.clearFocus)):
        change()
        image = table.viewport().grab().toImage()
        cells = (table.visualRect(table.cells.index(row, 1)) for row in (1, 2))
        ringed[name] = [image.pixelColor(cell.left() + 1, cell.center().y()) == tokens.color("ring") for cell in cells]
    assert ringed == {"focused": [True, False], "left": [False, False]}


def test_widest_report_is_shown(table: PreviewTable) -> None:
    columns = tuple((f"c{n}", "text") for n in range(16_384))
    table.show_preview(make((("x" * 300,) * 16_384,), columns))
    assert not table.grab().isNull()
    assert table.cells.columnCount() == 16_384


def test_only_the_first_rows_are_measured_and_only_what_is_seen_is_asked_for(
    table: PreviewTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int, int]] = []
    say = PreviewModel.say

    def noted(model: PreviewModel, row: int, column: int) -> str:
        said.append((row, column))
        return say(model, row, column)

    monkeypatch.setattr(PreviewModel, "say", noted)
    columns = tuple((f"column {number}", "integer") for number in range(50))
    table.show_preview(make(tuple((row,) * 50 for row in range(200)), columns))
    assert len(said) == MEASURED_ROWS * 50
    said.clear()
    table.grab()
    assert {row for row, _ in said} <= set(range(20))


@pytest.mark.parametrize("column", [0, 2])
def test_mark_of_the_order_stands_apart_from_the_title(table: PreviewTable, column: int) -> None:
    table.show_preview(make())
    header, inked = table.horizontalHeader(), []
    place = QRect(header.sectionViewportPosition(column), 0, header.sectionSize(column), header.height() - 2)
    for is_sorted in (False, True):
        if is_sorted:
            click_header(table, column)
        QTest.mouseMove(table.viewport())
        image = header.viewport().grab(place).toImage()
        ground = image.pixelColor(1, 1)
        inked.append(
            [any(image.pixelColor(x, y) != ground for y in range(image.height())) for x in range(image.width())]
        )
    marked = [x for x, is_inked in enumerate(inked[1]) if is_inked]
    gaps = [after - before for before, after in pairwise(marked)]
    assert header.isSortIndicatorShown()
    assert len(marked) > sum(inked[0])
    before_mark = max(at for at, gap in enumerate(gaps) if gap >= 3)
    assert marked[-1] - marked[before_mark + 1] <= measures.h(0.75)
