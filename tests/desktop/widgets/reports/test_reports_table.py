from collections.abc import Sequence
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.widgets.reports.reports_table import ReportsTable
from desktop.wording.reports.report_columns import NUMBERS, ColumnId
from desktop.wording.reports.report_row import ReportRow
from tests.desktop.conftest import NOW
from tests.desktop.widgets.reports.rows import make_row, make_rows, running
from tests.desktop.widgets.reports.tables import LEFT, cell, click, show

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_click_ctrl_and_shift_select(table: ReportsTable, qtbot: QtBot) -> None:
    show(table, make_rows("abcd"))
    told: list[tuple[list[str], str]] = []
    table.selected.connect(lambda ids, current: told.append((ids, current)))
    click(table, 1)
    assert told[-1] == (["b"], "b")
    click(table, 3, ColumnId.REPORT, Qt.KeyboardModifier.ControlModifier)
    assert told[-1] == (["b", "d"], "d")
    click(table, 0)
    click(table, 2, ColumnId.REPORT, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_ids() == ["a", "b", "c"]


def keys(table: ReportsTable, *pressed: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in pressed:
        QTest.keyClick(table, key, with_)


def show_what_is_told(table: ReportsTable, rows: Sequence[ReportRow]) -> None:
    """Show the rows anew with every selection, as the window does."""
    table.selected.connect(lambda ids, current: show(table, rows, ids, current))
    show(table, rows)


SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
UP, DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down


@pytest.mark.parametrize(
    ("pressed", "selected", "current"),
    [
        ((DOWN,), "bc", "c"),
        ((DOWN, DOWN, DOWN), "bcde", "e"),
        ((DOWN, DOWN, UP), "bc", "c"),
        ((DOWN, UP, UP), "ab", "a"),
        ((Qt.Key.Key_End,), "bcdef", "f"),
    ],
)
def test_shift_grows_and_shrinks_the_selection_while_rows_are_shown_anew(
    table: ReportsTable, pressed: tuple[Qt.Key, ...], selected: str, current: str
) -> None:
    show_what_is_told(table, make_rows("abcdef"))
    click(table, 1)
    keys(table, *pressed, with_=SHIFT)
    assert table.selected_ids() == list(selected)
    assert table.currentIndex().row() == "abcdef".index(current)


def test_shift_begins_at_the_row_that_was_shown_as_current(table: ReportsTable) -> None:
    show_what_is_told(table, make_rows("abcdef"))
    click(table, 4)
    show(table, make_rows("abcdef"), ["b"], "b")
    keys(table, DOWN, DOWN, with_=SHIFT)
    assert table.selected_ids() == ["b", "c", "d"]


def test_ctrl_moves_the_current_row_and_news_leaves_it_there(table: ReportsTable) -> None:
    show_what_is_told(table, make_rows("abcdef"))
    click(table, 0)
    keys(table, DOWN, DOWN, with_=CTRL)
    show(table, make_rows("abcdef"), ["a"], "a")
    keys(table, Qt.Key.Key_Space, with_=CTRL)
    assert table.selected_ids() == ["a", "c"]


def test_what_is_shown_is_not_told_as_the_analyst_s_choice(table: ReportsTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.selected):
        show(table, make_rows("abcd"), ["b", "d"], "d")
        show(table, make_rows("dcba"), ["b", "d"], "d")
        show(table, make_rows("acd"), ["c"], "c")
    assert table.selected_ids() == ["c"]


@pytest.mark.parametrize("ids", ["eabcd", "bcd", "bacd", "dbca", "fb"])
def test_selection_stays_with_its_report(table: ReportsTable, ids: str) -> None:
    show(table, make_rows("abcd"), ["b"], "b")
    show(table, make_rows(ids), ["b"], "b")
    assert table.selected_ids() == ["b"]
    assert table.currentIndex().row() == ids.index("b")


def test_home_end_and_arrows_are_rows(table: ReportsTable) -> None:
    show(table, make_rows("abcd"), ["b"], "b")
    table.setFocus()
    ways = [(Qt.Key.Key_End, "d"), (Qt.Key.Key_Home, "a"), (Qt.Key.Key_Down, "b"), (Qt.Key.Key_Right, "b")]
    for key, row in ways:
        QTest.keyClick(table, key)
        assert table.selected_ids() == [row]


def test_enter_and_double_click_open(table: ReportsTable, qtbot: QtBot) -> None:
    show(table, make_rows("abcd"), ["b"], "b")
    opened: list[str] = []
    table.opened.connect(opened.append)
    QTest.keyClick(table, Qt.Key.Key_Return)
    place = cell(table, 2, ColumnId.REPORT).center()
    QTest.mouseClick(table.viewport(), LEFT, pos=place)
    QTest.mouseDClick(table.viewport(), LEFT, pos=place)
    assert opened == ["b", "c"]


def test_letters_go_to_the_search_and_shortcuts_do_not(table: ReportsTable) -> None:
    show(table, make_rows("abcd"), ["b"], "b")
    typed: list[str] = []
    table.typed.connect(typed.append)
    QTest.keyClicks(table, "wX")
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert typed == ["w", "X"]


def test_right_click_selects_first(table: ReportsTable, qtbot: QtBot) -> None:
    show(table, make_rows("abcd"), ["a"], "a")
    place = cell(table, 2, ColumnId.REPORT).center()
    QTest.mousePress(table.viewport(), Qt.MouseButton.RightButton, pos=place)
    with qtbot.waitSignal(table.menu_asked):
        at = table.viewport().mapToGlobal(place)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, at)
        QApplication.sendEvent(table.viewport(), event)
    assert table.selected_ids() == ["c"]


def test_no_menu_where_there_is_no_report(table: ReportsTable, qtbot: QtBot) -> None:
    show(table, make_rows("a"))
    place = QPoint(50, 250)
    with qtbot.assertNotEmitted(table.menu_asked):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, table.viewport().mapToGlobal(place))
        QApplication.sendEvent(table.viewport(), event)


def test_word_renew_is_clicked_like_a_link(table: ReportsTable, qtbot: QtBot) -> None:
    old = make_row("a", has_link=True, link_expires_at=NOW - timedelta(seconds=1))
    new = make_row("b", has_link=True, link_expires_at=NOW + timedelta(minutes=14))
    show(table, [old, new])
    renewed: list[str] = []
    table.renew_asked.connect(renewed.append)
    for number in (0, 1):
        click(table, number, ColumnId.LINK)
    assert renewed == ["a"]
    QTest.mouseMove(table.viewport(), cell(table, 0, ColumnId.LINK).center())
    assert table.reports.index(1, NUMBERS[ColumnId.LINK]).data() == "14 min"


def test_title_of_a_column_is_clicked_to_sort(table: ReportsTable, qtbot: QtBot) -> None:
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(NUMBERS[ColumnId.ROWS]) + 20, 8)
    with qtbot.waitSignal(table.sorted_by) as told:
        QTest.mouseClick(header.viewport(), LEFT, pos=place)
    assert told.args == ["rows"]


def test_thousand_updates_keep_selection_and_scroll(table: ReportsTable) -> None:
    rows = [running(str(number)) for number in range(200)]
    show(table, rows, ["150"], "150")
    table.verticalScrollBar().setValue(1000)
    top = table.reports.rows[table.rowAt(0)].report_id
    for update in range(1000):
        number = (update * 7) % len(rows)
        rows[number] = running(rows[number].report_id, share=update / 1000)
        show(table, rows, ["150"], "150")
    assert (table.selected_ids(), table.verticalScrollBar().value()) == (["150"], 1000)
    assert table.reports.rows[table.rowAt(0)].report_id == top


def test_new_rows_above_do_not_move_what_is_looked_at(table: ReportsTable) -> None:
    rows = [make_row(str(number)) for number in range(100)]
    show(table, rows)
    QApplication.processEvents()
    table.verticalScrollBar().setValue(501)
    before = table.reports.rows[table.rowAt(0)].report_id, table.rowViewportPosition(table.rowAt(0))
    show(table, [make_row("new"), make_row("newer"), *rows])
    assert (table.reports.rows[table.rowAt(0)].report_id, table.rowViewportPosition(table.rowAt(0))) == before


def test_new_rows_are_seen_at_the_top(table: ReportsTable) -> None:
    rows = [make_row(str(number)) for number in range(100)]
    show(table, rows)
    show(table, [make_row("new"), *rows])
    assert table.verticalScrollBar().value() == 0
