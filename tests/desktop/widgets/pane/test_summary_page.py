import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from backend.protocol.preview import Preview
from desktop.widgets.pane.summary_model import SummaryModel
from desktop.widgets.pane.summary_page import SummaryPage
from desktop.wording.pane.summary import summarize
from desktop.wording.pane.view import EMPTY
from tests.desktop.widgets.pane.previews import COLUMNS, make

Role = Qt.ItemDataRole
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so
ACROSS, RIGHT = Qt.Orientation.Horizontal, Qt.AlignmentFlag.AlignRight


@pytest.mark.parametrize("preview", [EMPTY, make(), make(rows=())])
def test_model_is_sound(qtmodeltester: ModelTester, preview: Preview) -> None:
    model = SummaryModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_summary(summarize(preview))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


@pytest.fixture
def page(qtbot: QtBot) -> SummaryPage:
    page = SummaryPage()
    qtbot.addWidget(page)
    page.resize(900, 300)
    page.show()
    return page


def test_row_a_column_with_its_headings(page: SummaryPage) -> None:
    page.show_preview(make())
    model, across = page.cells, Qt.Orientation.Horizontal
    headings = [model.headerData(number, across) for number in range(model.columnCount())]
    assert headings == ["Column", "Type", "Filled", "Empty", "Distinct", "Least", "Greatest"]
    assert [model.index(2, number).data() for number in range(7)] == [
        "Flights", "Whole number", "2", "1", "2", "842", "12,000",
    ]  # fmt: skip


def test_counts_stand_right_and_nothing_is_heard_as_none(page: SummaryPage) -> None:
    page.show_preview(make(rows=((None, None, None, None, None),)))
    counted, least = page.cells.index(0, 2), page.cells.index(0, 5)
    assert counted.data(Role.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert (least.data(), least.data(Role.AccessibleTextRole)) == ("", "none")


@pytest.mark.parametrize(("count", "note"), [(3, ""), (98_210, "Of the first 3 rows of 98,210.")])
def test_part_of_a_report_is_said_to_be_one(page: SummaryPage, count: int, note: str) -> None:
    page.show_preview(make(count=count))
    assert page.note.text() == note
    assert page.note.isVisible() is bool(note)


def test_cells_are_copied(page: SummaryPage, qtbot: QtBot) -> None:
    page.show_preview(make())
    (copy,) = page.table.actions()
    page.table.selectAll()
    with qtbot.waitSignal(page.copied):
        copy.trigger()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert (len(copied), copied[0]) == (5, "Day\tDate\t3\t0\t3\t2013-01-01\t2013-01-03")


def test_ends_of_numbers_stand_right_as_in_the_preview(page: SummaryPage) -> None:
    page.show_preview(make())
    model = page.table.model()
    ends = [
        number for number in range(model.columnCount()) if model.headerData(number, ACROSS) in {"Least", "Greatest"}
    ]
    for row, (_, kind) in enumerate(COLUMNS):
        for column in ends:
            is_right = bool(model.index(row, column).data(Qt.ItemDataRole.TextAlignmentRole) & RIGHT)
            assert is_right is (kind in {"integer", "decimal"})
