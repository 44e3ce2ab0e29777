import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from backend.protocol.preview import Cell, Preview, PreviewColumn
from desktop.files.preview_status import Loading, Unavailable
from desktop.session.state import Entry, Session
from desktop.widgets.intents import LoadPreview
from desktop.widgets.preview.preview_model import PreviewModel
from desktop.widgets.preview.preview_pane import PreviewPane
from desktop.widgets.preview.preview_table import LEAST_WIDTH, MOST_WIDTH, PreviewTable
from desktop.widgets.theme import tokens
from desktop.wording.preview import EMPTY, present_preview
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.tone import Tone
from tests.desktop.screens import Screen

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
Role = Qt.ItemDataRole
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so

ROW = ReportRow(report_id="a", title="", state="", tone=Tone.READY, has_preview=True)
COLUMNS = (("Day", "date"), ("Carrier", "text"), ("Flights", "integer"), ("Mean", "decimal"), ("Late", "boolean"))
ROWS: tuple[tuple[Cell, ...], ...] = (("2013-01-01", "AA", 842, "12.50", True), ("2013-01-02", "", None, None, None))


def make(rows: tuple[tuple[Cell, ...], ...] = ROWS, columns: Any = COLUMNS, count: int | None = None) -> Preview:
    named = tuple(PreviewColumn(name=name, type=kind) for name, kind in columns)
    return Preview(columns=named, rows=rows, row_count=len(rows) if count is None else count)


# --- the model ------------------------------------------------------------------------------------


@pytest.mark.parametrize("preview", [EMPTY, make(), make(rows=()), make(rows=((),), columns=())])
def test_model_is_sound(qtmodeltester: ModelTester, preview: Preview) -> None:
    model = PreviewModel()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_preview(preview)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_preview(EMPTY)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def data(model: PreviewModel, row: int, column: int, role: Role = Role.DisplayRole) -> Any:
    return model.data(model.index(row, column), role)


@pytest.fixture
def model() -> PreviewModel:
    model = PreviewModel()
    model.show_preview(make())
    return model


def test_cells_are_said_and_missing_ones_are_dim(model: PreviewModel) -> None:
    assert [data(model, 0, n) for n in range(5)] == ["2013-01-01", "AA", "842", "12.50", "true"]
    assert [data(model, 1, n) for n in range(5)] == ["2013-01-02", "", "—", "—", "—"]
    assert data(model, 1, 2, Role.ForegroundRole) == tokens.color(Tone.QUIET)
    assert data(model, 0, 2, Role.ForegroundRole) is None
    assert data(model, 1, 1, Role.ForegroundRole) is None


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
    assert "a&lt;b · text" in model.headerData(0, Qt.Orientation.Horizontal, Role.ToolTipRole)


def test_nothing_can_be_edited(model: PreviewModel) -> None:
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable


# --- the table ------------------------------------------------------------------------------------


@pytest.fixture
def table(qtbot: QtBot) -> PreviewTable:
    table = PreviewTable()
    qtbot.addWidget(table)
    table.resize(500, 300)
    table.show()
    return table


def test_columns_are_as_wide_as_what_they_hold_within_reason(table: PreviewTable) -> None:
    columns = (("a", "text"), ("b", "text"), ("A title that is longer", "text"), ("d", "text"))
    table.show_preview(make((("x", "y" * 20, "z", "w" * 300),), columns), "")
    widths = [table.columnWidth(n) for n in range(4)]
    assert widths[0] == LEAST_WIDTH
    assert table.fontMetrics().horizontalAdvance("y" * 20) < widths[1] < MOST_WIDTH
    assert table.fontMetrics().horizontalAdvance(columns[2][0]) < widths[2] < MOST_WIDTH
    assert widths[3] == MOST_WIDTH


def test_widths_are_never_asked_of_every_cell(table: PreviewTable) -> None:
    table.show_preview(make(), "")
    modes = {table.horizontalHeader().sectionResizeMode(n) for n in range(len(COLUMNS))}
    assert modes == {QHeaderView.ResizeMode.Interactive}


def test_width_that_was_set_by_hand_stays_while_the_preview_does(table: PreviewTable) -> None:
    preview = make()
    table.show_preview(preview, "")
    table.setColumnWidth(0, 222)
    table.show_preview(preview, "")
    assert table.columnWidth(0) == 222


def test_chosen_cells_are_copied_as_other_programs_paste_them(table: PreviewTable) -> None:
    table.show_preview(
        make((("a\tb", 1, None), ("c\nd", 2, True)), (("x", "text"), ("y", "integer"), ("z", "boolean"))), ""
    )
    table.activateWindow()
    table.setFocus()
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a b\t1\t\nc d\t2\ttrue"


def test_nothing_chosen_leaves_the_clipboard_alone(table: PreviewTable) -> None:
    QGuiApplication.clipboard().setText("kept")
    table.show_preview(make(), "")
    table.selectionModel().clear()
    table.copy_chosen()
    assert QGuiApplication.clipboard().text() == "kept"


def test_widest_report_is_shown(table: PreviewTable) -> None:
    columns = tuple((f"c{n}", "text") for n in range(16_384))
    table.show_preview(make((("x" * 300,) * 16_384,), columns), "")
    assert not table.grab().isNull()
    assert table.cells.columnCount() == 16_384


# --- the pane -------------------------------------------------------------------------------------


@pytest.fixture
def pane(qtbot: QtBot) -> PreviewPane:
    pane = PreviewPane()
    qtbot.addWidget(pane)
    pane.show()
    return pane


@pytest.mark.parametrize(
    ("row", "previewed", "caption", "message", "can_retry"),
    [
        (None, None, "Preview", "", False),
        (ROW, None, "Preview", "Loading the first rows…", False),
        (ROW, Loading(), "Preview", "Loading the first rows…", False),
        (ROW, Unavailable("It is gone."), "Preview", "It is gone.", True),
        (ROW, make(count=336_776), "Preview · First 2 of 336,776 rows", "", False),
        (ROW, make(rows=()), "Preview · No rows", "The report has no rows.", False),
    ],
)
def test_pane_says_how_the_preview_stands(
    pane: PreviewPane, *, row: ReportRow | None, previewed: Any, caption: str, message: str, can_retry: bool
) -> None:
    pane.show_preview(present_preview(row, previewed))
    assert (pane.caption.text(), pane.table.message) == (caption, message)
    assert pane.retry.isVisible() is can_retry
    assert not pane.grab().isNull()


def test_preview_goes_with_its_report(pane: PreviewPane) -> None:
    pane.show_preview(present_preview(ROW, make()))
    assert pane.table.cells.rowCount() == 2
    waiting = ReportRow(report_id="b", title="", state="", tone=Tone.RUNNING, preview_note="Not yet.")
    pane.show_preview(present_preview(waiting, make()))
    assert (pane.table.cells.rowCount(), pane.table.message) == (0, "Not yet.")


def test_pane_is_as_high_whatever_it_shows(pane: PreviewPane) -> None:
    heights = set()
    for previewed in (None, Unavailable("No."), make()):
        pane.show_preview(present_preview(ROW, previewed))
        heights.add(pane.sizeHint().height())
    assert len(heights) == 1


# --- in the window --------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot: QtBot) -> Screen:
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    window.show()
    return window


@pytest.fixture
def asked(window: Screen) -> list[str]:
    asked: list[str] = []
    window.intended.connect(lambda intent: asked.append(intent.report_id) if isinstance(intent, LoadPreview) else None)
    return asked


def with_preview(known: EntryFactory, number: int, **changes: Any) -> Entry:
    entry = known(number, State.SUCCEEDED, **changes)
    assert entry.snapshot is not None
    assert entry.snapshot.link is not None
    link = replace(entry.snapshot.link, preview_url="https://bucket.test/preview.json?X-Amz-Signature=1")
    return known(number, State.SUCCEEDED, **(changes | {"link": link}))


def settle(window: Screen) -> None:
    """Let the time pass after which a row counts as looked at."""
    if window.reports.settled.isActive():
        window.reports.settled.stop()
        window.reports.settled.timeout.emit()


def test_preview_of_the_chosen_report_is_asked_for_once(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry = with_preview(known, 1)
    window.show_session(make_session(entry), 100.0, now)
    settle(window)
    window.show_session(make_session(entry, with_preview(known, 2, ago_s=90)), 100.0, now)
    settle(window)
    assert asked == [entry.report_id]


def test_preview_is_asked_for_as_soon_as_the_chosen_report_has_one(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    for entry in (known(1, State.RUNNING), with_preview(known, 1)):
        window.show_session(make_session(entry), 100.0, now)
        settle(window)
    assert asked == [entry.report_id]


def test_report_without_preview_is_not_asked_for_one(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    window.show_session(make_session(known(1, State.SUCCEEDED)), 100.0, now)
    settle(window)
    assert asked == []
    assert window.reports.preview.table.message == "This report has no preview."


def test_reports_passed_by_quickly_are_not_asked_for(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entries = [with_preview(known, number, ago_s=number) for number in range(5)]
    window.show_session(make_session(*entries), 100.0, now)
    for number in range(1, 5):
        window.reports.table.selectRow(number)
    settle(window)
    assert asked == [entries[4].report_id]


def test_failed_preview_is_asked_for_again_when_it_is_chosen_again_or_retried(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    first, second = with_preview(known, 1, ago_s=1), with_preview(known, 2, ago_s=2)
    window.show_session(make_session(first, second), 100.0, now)
    settle(window)
    window.show_previews({first.report_id: Unavailable("It is gone.")})
    settle(window)
    assert asked == [first.report_id]
    window.reports.preview.retry.click()
    for number in (1, 0):
        window.reports.table.selectRow(number)
        settle(window)
    assert asked == [first.report_id, first.report_id, second.report_id, first.report_id]


def test_each_report_shows_its_own_preview(
    window: Screen, known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    first, second = with_preview(known, 1, ago_s=1), with_preview(known, 2, ago_s=2)
    window.show_session(make_session(first, second), 100.0, now)
    window.show_previews({first.report_id: make(), second.report_id: make(count=9)})
    shown = []
    for number in (0, 1):
        window.reports.table.selectRow(number)
        shown.append(window.reports.preview.caption.text())
    assert shown == ["Preview · All 2 rows", "Preview · First 2 of 9 rows"]


def test_news_of_other_reports_leave_the_preview_as_it_is(
    window: Screen, known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry = with_preview(known, 1)
    window.show_session(make_session(entry), 100.0, now)
    window.show_previews({entry.report_id: make()})
    table = window.reports.preview.table
    table.selectionModel().select(table.cells.index(1, 1), QItemSelectionModel.SelectionFlag.Select)
    window.show_session(make_session(entry, known(2, State.RUNNING)), 101.0, now)
    assert [(index.row(), index.column()) for index in table.selectedIndexes()] == [(1, 1)]


@pytest.mark.parametrize("size", [(1280, 760), (1000, 700), (900, 560)])
def test_everything_has_room_at_every_size(
    window: Screen, known: EntryFactory, make_session: SessionFactory, now: datetime, *, size: tuple[int, int]
) -> None:
    window.resize(*size)
    entry = with_preview(known, 1)
    window.show_session(make_session(entry), 100.0, now)
    window.show_previews({entry.report_id: make(ROWS * 100)})
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    reports, preview = window.reports.table, window.reports.preview.table
    assert reports.viewport().height() >= 2 * reports.rowHeight(0)
    assert preview.viewport().height() >= 2 * preview.rowHeight(0)
    assert reports.horizontalHeader().length() <= reports.viewport().width()


def test_window_keeps_no_reference_to_an_old_preview(
    window: Screen, known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry, preview = with_preview(known, 1), make()
    window.show_session(make_session(entry), 100.0, now)
    before = sys.getrefcount(preview)
    window.show_previews({entry.report_id: preview})
    window.show_previews({})
    assert sys.getrefcount(preview) == before
