from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from desktop.widgets.reports.reports_model import Index
from desktop.widgets.reports.reports_table import ReportsTable
from desktop.widgets.theme import measures, tokens
from desktop.widgets.theme.dress import look
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.reports.report_columns import COLUMNS, NUMBERS, ColumnId
from desktop.wording.reports.report_row import ReportRow, Work
from desktop.wording.reports.report_state import Shown
from tests.desktop.conftest import NOW
from tests.desktop.widgets.reports.rows import make_row, make_rows, running

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def table(qtbot: QtBot) -> ReportsTable:
    table = ReportsTable()
    qtbot.addWidget(table)
    table.resize(1100, 300)
    with qtbot.waitActive(table):
        table.show()
    return table


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
