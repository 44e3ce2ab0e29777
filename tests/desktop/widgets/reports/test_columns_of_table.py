from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from desktop.widgets.reports.reports_model import Index
from desktop.widgets.reports.reports_table import ReportsTable
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import look
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.reports.report_columns import COLUMNS, NUMBERS, ColumnId
from desktop.wording.reports.report_row import ReportRow
from tests.desktop.conftest import NOW
from tests.desktop.widgets.reports.rows import make_row
from tests.desktop.widgets.reports.tables import cell, picture, show

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.mark.parametrize(
    ("width_h", "left_out"),
    [
        (90, set()),
        (62, {"Link"}),
        (58, {"Link", "Size"}),
        (53, {"Link", "Size", "Rows"}),
        (45, {"Link", "Size", "Rows", "Parameters"}),
        (20, {"Link", "Size", "Rows", "Parameters"}),
    ],
)
def test_columns_yield_in_order_and_come_back(table: ReportsTable, width_h: int, left_out: set[str]) -> None:
    at_first = {column.title for column in COLUMNS if column.is_hidden_at_first}
    for width in (20, 120, width_h):
        table.resize(measures.h(width), 300)
    hidden = {column.title for number, column in enumerate(COLUMNS) if table.isColumnHidden(number)}
    assert hidden - at_first == left_out


def test_parameters_go_behind_the_title_where_their_column_is_hidden(table: ReportsTable) -> None:
    show(table, [make_row("a", title="Worst days", values={"origin": name}) for name in ("EWR",)])
    table.resize(measures.h(46), 300)
    one = picture(table, cell(table, 0, ColumnId.REPORT))
    show(table, [make_row("a", title="Worst days", values={"origin": "JFK"})])
    assert picture(table, cell(table, 0, ColumnId.REPORT)) != one


@pytest.mark.parametrize("text_percent", [100, 200])
@pytest.mark.parametrize("spoken", list(LanguageId))
def test_widest_state_fits_its_column(qtbot: QtBot, spoken: LanguageId, text_percent: int) -> None:
    language.use(spoken)
    look().wear(text_percent=text_percent)
    table = ReportsTable()
    qtbot.addWidget(table)
    table.resize(measures.h(90), 300)
    table.show()
    metrics = table.fontMetrics()
    for column in COLUMNS:
        if table.columns.is_shown(column.id):
            room = table.columnWidth(NUMBERS[column.id]) - 16
            for text in column.longest():
                assert metrics.elidedText(text, Qt.TextElideMode.ElideRight, room) == text


AT_ANY_TIME = [
    timedelta(seconds=seconds) for seconds in (0, 59, 60, 599, 3_599, 3_600, 80_000, 26 * 86_400, 300 * 86_400)
]


@pytest.mark.parametrize("text_percent", [75, 100, 175])
@pytest.mark.parametrize("spoken", list(LanguageId))
def test_no_time_is_cut_short(qtbot: QtBot, spoken: LanguageId, text_percent: int) -> None:
    language.use(spoken)
    look().wear(text_percent=text_percent)
    table = ReportsTable()
    qtbot.addWidget(table)
    table.columns.want(ColumnId.ASKED, is_wanted=True)
    table.resize(measures.h(140), 300)
    table.show()
    rows = [
        make_row(
            str(number),
            asked_at=NOW - ago,
            finished_at=NOW - ago,
            link_expires_at=NOW + min(ago, timedelta(days=1)) - timedelta(seconds=number % 2),
            has_link=True,
        )
        for number, ago in enumerate(AT_ANY_TIME)
    ]
    show(table, rows)
    for name in (ColumnId.FINISHED, ColumnId.LINK, ColumnId.ASKED):
        assert table.columns.is_shown(name)
        room = table.columnWidth(NUMBERS[name]) - 16
        texts = [table.reports.index(number, NUMBERS[name]).data() for number in range(len(rows))]
        cut = [
            text for text in texts if table.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room) != text
        ]
        assert cut == []
        assert all(texts)


def test_columns_are_kept_and_come_back_as_the_analyst_arranged_them(qtbot: QtBot, table: ReportsTable) -> None:
    table.resize(measures.h(110), 300)
    table.horizontalHeader().moveSection(0, 2)
    table.columns.want(ColumnId.SIZE, is_wanted=False)
    table.columns.want(ColumnId.FORMAT, is_wanted=True)
    table.horizontalHeader().resizeSection(NUMBERS[ColumnId.REPORT], 300)
    other = ReportsTable()
    qtbot.addWidget(other)
    other.resize(measures.h(110), 300)
    other.show()
    other.columns.restore(table.columns.kept())
    assert other.columns.kept() == table.columns.kept()
    assert not other.columns.is_shown(ColumnId.SIZE)
    other.columns.reset()
    assert other.columns.is_shown(ColumnId.SIZE)


@pytest.mark.parametrize(
    "kept", [None, 7, [], {"order": 3}, {"order": ["rows", "nothing", 5]}, {"wanted": ["x"], "widths": {"rows": -4}}]
)
def test_nonsense_in_what_is_kept_is_left_aside(table: ReportsTable, kept: object) -> None:
    table.columns.restore(kept)
    assert table.columns.is_shown(ColumnId.STATE)
    assert sorted(table.columns.kept()["order"]) == sorted(column.id.value for column in COLUMNS)  # type: ignore[call-overload]


def finished(report_id: str, ago_s: float) -> ReportRow:
    return make_row(report_id, finished_at=NOW - timedelta(seconds=ago_s))


class Watched(QStyledItemDelegate):
    """Notes the rows that are painted."""

    def __init__(self, table: ReportsTable) -> None:
        super().__init__(table)
        self.rows: set[int] = set()

    def paint(self, _painter: QPainter, _option: QStyleOptionViewItem, index: Index) -> None:
        self.rows.add(index.row())


@pytest.mark.parametrize("seconds", [0.5, 1, 40, 3600])
def test_all_ages_are_of_the_same_moment(table: ReportsTable, seconds: float) -> None:
    later = NOW + timedelta(seconds=seconds)
    rows = [finished("a", 30), finished("b", 59)]
    show(table, rows)
    watched = Watched(table)
    table.setItemDelegate(watched)
    QTest.qWait(20)
    table.viewport().repaint()
    QApplication.processEvents()
    watched.rows.clear()
    table.show_rows(rows, (), None, later)
    QApplication.processEvents()
    assert table.reports.now == (later if seconds >= 1 else NOW)
    assert watched.rows == ({0, 1} if seconds >= 1 else set())


@pytest.mark.parametrize(
    ("column", "changes", "text"),
    [
        (ColumnId.ROWS, {"row_count": 10_000_000}, "10,000,000"),
        (ColumnId.SIZE, {"size_bytes": 999_900_000}, "999.9 MB"),
        (ColumnId.PARAMETERS, {"values": {"Delay in milliseconds": 50000}}, "Delay in milliseconds: 50,000"),
        (ColumnId.REPORT, {}, "Sample report"),
    ],
)
def test_contents_as_usual_are_whole_in_a_window_of_the_first_size(
    table: ReportsTable, *, column: ColumnId, changes: dict[str, Any], text: str
) -> None:
    table.resize(1366 - measures.h(20.5), 300)
    show(table, [make_row("a", title="Sample report", **changes)])
    assert table.reports.index(0, NUMBERS[column]).data() == text
    assert table.columns.is_shown(column)
    room = table.columnWidth(NUMBERS[column]) - 16
    assert table.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room) == text


def test_titles_take_what_they_need_and_parameters_the_rest(table: ReportsTable) -> None:
    table.resize(measures.h(70), 300)
    widths = []
    for title in ("Flights", "Delays by carrier", "Delays by carrier and month, and by much more", "Flights"):
        show(table, [make_row("a", title=title)])
        shown = [number for number in range(len(COLUMNS)) if not table.isColumnHidden(number)]
        assert sum(map(table.columnWidth, shown)) == table.viewport().width()
        widths.append(table.columnWidth(NUMBERS[ColumnId.REPORT]))
    assert widths[0] < widths[1] < widths[2] == widths[3] == measures.h(12.5)


def test_title_that_the_analyst_sized_stays_so(table: ReportsTable) -> None:
    table.resize(measures.h(70), 300)
    table.horizontalHeader().resizeSection(NUMBERS[ColumnId.REPORT], 300)
    show(table, [make_row("a", title="Flights")])
    assert table.columnWidth(NUMBERS[ColumnId.REPORT]) == 300
