"""The pane in the window: whose preview is asked for, and shown."""

import sys
from collections.abc import Callable
from datetime import datetime

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backend.protocol.lifecycle import State
from desktop.files.preview_status import Unavailable
from desktop.session.state import Entry, Session
from desktop.widgets.intents import LoadPreview
from desktop.wording.pane.view import TabId
from desktop.wording.reports.offers import ActionId
from tests.desktop.screens import Screen
from tests.desktop.widgets.pane.previews import ROWS, make, with_preview

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


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


def settle(window: Screen) -> None:
    """Let the time pass after which a row counts as looked at."""
    if window.settled.isActive():
        window.settled.stop()
        window.settled.timeout.emit()


def test_preview_of_the_chosen_report_is_asked_for_once(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry = with_preview(known, 1)
    window.show_session(make_session(entry), 100.0, now)
    window.select(entry.report_id)
    settle(window)
    window.show_session(make_session(entry, with_preview(known, 2, ago_s=90)), 100.0, now)
    settle(window)
    assert asked == [entry.report_id]


def test_preview_is_asked_for_as_soon_as_the_chosen_report_has_one(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    for entry in (known(1, State.RUNNING), with_preview(known, 1)):
        window.show_session(make_session(entry), 100.0, now)
        window.select(entry.report_id)
        settle(window)
    assert asked == [entry.report_id]


def test_report_without_preview_is_not_asked_for_one(
    window: Screen, asked: list[str], known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    window.show_session(make_session(known(1, State.SUCCEEDED)), 100.0, now)
    window.select(known(1).report_id)
    settle(window)
    assert asked == []
    assert window.pane.message(TabId.PREVIEW).label.text() == "This report has no preview."


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
    window.select(first.report_id)
    settle(window)
    window.show_previews({first.report_id: Unavailable("It is gone.")})
    settle(window)
    assert asked == [first.report_id]
    window.pane.message(TabId.PREVIEW).button.click()
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
        shown.append(window.pane.caption.text)
    assert shown == ["Sample report · all 3 rows · 1.2 MB", "Sample report · first 3 of 9 rows · 1.2 MB"]


def test_news_of_other_reports_leave_the_preview_as_it_is(
    window: Screen, known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry = with_preview(known, 1)
    window.show_session(make_session(entry), 100.0, now)
    window.select(entry.report_id)
    window.show_previews({entry.report_id: make()})
    table = window.pane.preview
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
    window.select(entry.report_id)
    window.show_previews({entry.report_id: make(ROWS * 100)})
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    reports, preview = window.reports.table, window.pane.preview
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


@pytest.mark.parametrize("tab", TabId)
def test_page_of_a_tab_is_made_when_it_is_looked_at_and_joins_the_stops(
    window: Screen, known: EntryFactory, make_session: SessionFactory, now: datetime, tab: TabId
) -> None:
    kinds = {TabId.CHART: "ChartPage", TabId.SUMMARY: "SummaryPage", TabId.DETAILS: "DetailsPage"}

    def made() -> set[str]:
        return {type(widget).__name__ for widget in window.pane.findChildren(QWidget)} & set(kinds.values())

    entry = with_preview(known, 1)
    window.show_session(make_session(entry), 100.0, now)
    window.select(entry.report_id)
    window.show_previews({entry.report_id: make()})
    assert made() == set()
    before = len(window.pane.stops())
    window.pane.show_tab(tab)
    assert made() == ({kinds[tab]} if tab in kinds else set())
    assert (len(window.pane.stops()) > before) is (tab in kinds)


def test_details_can_be_copied_before_they_are_looked_at(
    window: Screen, known: EntryFactory, make_session: SessionFactory, now: datetime
) -> None:
    entry = with_preview(known, 1)
    window.show_session(make_session(entry), 100.0, now)
    window.select(entry.report_id)
    window.dispatch.do(ActionId.COPY_DETAILS)
    assert entry.report_id in QApplication.clipboard().text()
