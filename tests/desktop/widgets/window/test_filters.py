"""What the search and the filters leave in the list, and what stays selected."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from backend.protocol.lifecycle import State
from backend.protocol.messages import Progress
from desktop.session.state import Entry, Session
from desktop.wording.reports.arrangement import Chip
from desktop.wording.reports.report_state import Shown
from tests.desktop.conftest import NOW, make_id
from tests.desktop.screens import Screen

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def states(window: Screen) -> set[Shown]:
    return {row.shown for row in window.reports.table.reports.rows}


def press(window: Screen, chip: Chip) -> None:
    QTest.mouseClick(window.reports.filters.chips[chip], Qt.MouseButton.LeftButton)


@pytest.fixture
def chosen(window: Screen, busy: Session) -> Screen:
    """Show reports of all kinds, of which one that is ready is selected."""
    window.show_session(busy)
    window.select(make_id(3))
    return window


def test_search_leaves_out_the_selected_row_too(chosen: Screen) -> None:
    QTest.keyClicks(chosen.reports.filters.search, "zzz")
    assert states(chosen) == set()
    assert chosen.reports.table.selected_ids() == []
    assert chosen.reports.empty.isVisible()
    assert chosen.reports.empty.heading.text() == "Nothing matches"
    QTest.mouseClick(chosen.reports.empty.button, Qt.MouseButton.LeftButton)
    assert len(chosen.reports.table.reports.rows) == 7
    assert not chosen.reports.empty.isVisible()


def test_row_that_matches_stays_selected_from_letter_to_letter(chosen: Screen) -> None:
    for letter in "sample ready":
        QTest.keyClicks(chosen.reports.filters.search, letter)
        assert chosen.reports.table.selected_ids() == [make_id(3)]
    assert chosen.shown.chosen is not None


@pytest.mark.parametrize("how", ["escape", "backspace", "button", "other words"])
def test_what_a_search_left_out_is_selected_again_once_it_matches(chosen: Screen, how: str) -> None:
    chosen.select(make_id(3), make_id(4))
    search = chosen.reports.filters.search
    QTest.keyClicks(search, "ready")
    assert chosen.reports.table.selected_ids() == [make_id(3)]
    QTest.keyClicks(search, "zzz")
    assert chosen.reports.table.selected_ids() == []
    match how:
        case "escape":
            QTest.keyClick(search, Qt.Key.Key_Escape)
        case "backspace":
            for _ in range(8):
                QTest.keyClick(search, Qt.Key.Key_Backspace)
        case "button":
            QTest.mouseClick(chosen.reports.empty.button, Qt.MouseButton.LeftButton)
        case _:
            search.selectAll()
            QTest.keyClicks(search, "sample")
    assert set(chosen.reports.table.selected_ids()) == {make_id(3), make_id(4)}


def test_what_a_chip_left_out_is_selected_again_with_all(chosen: Screen) -> None:
    press(chosen, Chip.FAILED)
    assert chosen.reports.table.selected_ids() == []
    press(chosen, Chip.ALL)
    assert chosen.reports.table.selected_ids() == [make_id(3)]


def test_what_is_selected_among_the_found_stays_so(chosen: Screen) -> None:
    press(chosen, Chip.FAILED)
    chosen.reports.table.setFocus(Qt.FocusReason.TabFocusReason)
    found = chosen.reports.table.selected_ids()
    assert len(found) == 1
    press(chosen, Chip.ALL)
    assert chosen.reports.table.selected_ids() == found


@pytest.mark.parametrize("chip", [chip for chip in Chip if chip is not Chip.ALL])
def test_chip_leaves_out_the_selected_row_too(chosen: Screen, chip: Chip) -> None:
    press(chosen, chip)
    rows = chosen.reports.table.reports.rows
    assert {row.shown.value.group and Chip(row.shown.value.group.value) for row in rows} == {chip}
    assert chosen.reports.table.selected_ids() == ([make_id(3)] if chip is Chip.READY else [])


def test_of_several_selected_rows_those_stay_selected_that_match(chosen: Screen) -> None:
    chosen.select(make_id(3), make_id(4))
    press(chosen, Chip.FAILED)
    assert chosen.reports.table.selected_ids() == [make_id(4)]
    assert chosen.shown.chosen is not None
    assert chosen.pane.details.view is not None
    QTest.keyClicks(chosen.reports.filters.search, "zzz")
    assert chosen.shown.selected == ()


def test_row_that_changes_under_a_filter_stays_while_it_is_selected(
    chosen: Screen, busy: Session, known: EntryFactory
) -> None:
    press(chosen, Chip.UNDER_WAY)
    chosen.select(make_id(1))
    ended = {**busy.entries, make_id(1): known(1, State.CANCELLED)}
    chosen.show_session(replace(busy, entries=ended))
    assert chosen.reports.table.selected_ids() == [make_id(1)]
    assert Shown.CANCELLED in states(chosen)


def test_another_order_leaves_the_selection_alone(chosen: Screen) -> None:
    press(chosen, Chip.READY)
    header = chosen.reports.table.horizontalHeader()
    header.sectionClicked.emit(0)
    assert chosen.reports.table.selected_ids() == [make_id(3)]


def test_reports_under_way_change_no_places_as_they_go_on(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    orders = set()
    for second in range(4):
        done = ((10, 60, 30), (70, 60, 30), (70, 65, 90), (80, 90, 95))[second]
        entries = [
            known(
                number,
                State.RUNNING,
                ago_s=60 + number,
                progress=Progress(stage="writing", completed=share, total=100, unit="rows"),
            )
            for number, share in enumerate(done)
        ]
        window.show_session(make_session(*entries), now=NOW + timedelta(seconds=second))
        orders.add(tuple(row.report_id for row in window.reports.table.reports.rows))
    assert orders == {(make_id(0), make_id(1), make_id(2))}
