"""The list of reports, as tests show and touch it."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from desktop.widgets.reports.reports_table import ReportsTable
from desktop.wording.reports.report_columns import NUMBERS, ColumnId
from desktop.wording.reports.report_row import ReportRow
from tests.desktop.conftest import NOW

LEFT = Qt.MouseButton.LeftButton


def show(
    table: ReportsTable, rows: Sequence[ReportRow], selected: Iterable[str] = (), current: str | None = None
) -> None:
    table.show_rows(rows, selected, current, NOW)


def cell(table: ReportsTable, number: int, column: ColumnId) -> QRect:
    return table.visualRect(table.reports.index(number, NUMBERS[column]))


def click(table: ReportsTable, number: int, column: ColumnId = ColumnId.REPORT, *keys: Qt.KeyboardModifier) -> None:
    modifier = keys[0] if keys else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(table.viewport(), LEFT, modifier, cell(table, number, column).center())


def picture(table: ReportsTable, area: QRect) -> QImage:
    return table.viewport().grab(area).toImage()
