from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.reports.reports_table import ReportsTable
from desktop.widgets.theme import tokens
from desktop.wording.reports.report_columns import ColumnId
from desktop.wording.reports.report_row import Work
from desktop.wording.reports.report_state import Shown
from tests.desktop.widgets.reports.rows import make_row, make_rows, running
from tests.desktop.widgets.reports.tables import cell, picture, show

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_text_of_a_row_stands_still_when_a_bar_comes(table: ReportsTable) -> None:
    show(table, [make_row("a", Shown.RUNNING, work=Work("Writing"))])
    area = cell(table, 0, ColumnId.PROGRESS).adjusted(0, 0, 0, -7)
    without = picture(table, area)
    show(table, [make_row("a", Shown.RUNNING, work=Work("Writing", has_bar=True))])
    assert picture(table, area) == without
    assert picture(table, cell(table, 0, ColumnId.PROGRESS)) != without


def test_bar_is_filled_as_far_as_the_work_is_done(table: ReportsTable) -> None:
    show(table, [running("a", 0.5)])
    area = cell(table, 0, ColumnId.PROGRESS)
    image, line = picture(table, area), area.height() - 5
    quarter, most = (8 + round((area.width() - 16) * share) for share in (0.25, 0.75))
    assert image.pixelColor(quarter, line) == tokens.color("fill")
    assert image.pixelColor(most, line) == tokens.color("track")


def test_unknown_share_is_striped_and_offline_bar_is_grey(table: ReportsTable) -> None:
    show(table, [running("a", None), make_row("b", work=Work("x", share=0.5, has_bar=True, note="as of 14:05"))])
    striped, grey = (picture(table, cell(table, number, ColumnId.PROGRESS)) for number in (0, 1))
    line = striped.height() - 5
    colors = {striped.pixelColor(x, line).name() for x in range(20, striped.width() - 20)}
    assert {tokens.color("fill").name(), tokens.color("track").name()} <= colors
    assert grey.pixelColor(20, line) == tokens.color("edge")


def test_ring_stands_around_the_current_row_only_with_the_focus(table: ReportsTable, qtbot: QtBot) -> None:
    show(table, make_rows("abc"), ["b"], "b")
    ring = tokens.color("ring")

    def has_ring(number: int) -> bool:
        image = picture(table, cell(table, number, ColumnId.REPORT))
        ends = (image.pixelColor(30, 0), image.pixelColor(30, 1), image.pixelColor(30, image.height() - 1))
        return all(color == ring for color in ends)

    table.setFocus()
    assert [has_ring(number) for number in range(3)] == [False, True, False]
    table.clearFocus()
    assert not has_ring(1)


def move_by_program(table: ReportsTable) -> None:
    show(table, make_rows("abc"), ["a", "b"], "c")


def move_by_shift(table: ReportsTable) -> None:
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)


@pytest.mark.parametrize(("move", "places"), [(move_by_program, (0, 2)), (move_by_shift, (0, 1))])
def test_ring_that_moves_is_painted_anew_in_the_whole_of_both_rows(
    table: ReportsTable, move: Callable[[ReportsTable], None], places: tuple[int, int]
) -> None:
    show(table, make_rows("abc"), ["a", "b"] if move is move_by_program else ["a"], "a")
    table.setFocus()
    QApplication.processEvents()
    painted = Painted(table.viewport())
    move(table)
    QApplication.processEvents()
    for number in places:
        top, height = table.rowViewportPosition(number), table.rowHeight(number)
        row = QRegion(0, top, table.viewport().width(), height)
        assert row.subtracted(painted.region).isEmpty()


@pytest.mark.parametrize("changed", [(1,), (2, 5), (100,), (100, 101), (40, 41, 42), (3, 99)])
def test_only_the_rows_that_changed_are_painted(table: ReportsTable, qtbot: QtBot, changed: tuple[int, ...]) -> None:
    rows = [make_row(f"{number:03}") for number in range(120)]
    show(table, rows)
    painted = Painted(table.viewport())
    painted.settle()
    painted.region = QRegion()
    show(table, [running(row.report_id) if number in changed else row for number, row in enumerate(rows)])
    painted.settle()
    rows_of_them, line_below = QRegion(), QRegion()
    for number in changed:
        top, width = table.rowViewportPosition(number), table.viewport().width()
        rows_of_them += QRegion(0, top, width, table.rowHeight(number))
        line_below += QRegion(0, top + table.rowHeight(number), width, 1)  # which Qt paints too
    seen = rows_of_them.intersected(table.viewport().rect())
    assert seen.subtracted(painted.region).isEmpty()
    assert painted.region.subtracted(seen).subtracted(line_below).isEmpty()


class Painted(QObject):
    """What of a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def settle(self) -> None:
        """Let all be painted that is to be: a layout asks for paint only when it is done itself."""
        for _ in range(10):
            QApplication.processEvents()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return super().eventFilter(watched, event)
