"""Ctrl+C: what has the focus copies what is selected there, else the list its reports."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QTableView

from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure
from desktop.session.state import Entry, Session
from desktop.widgets.plain_text import plain_label
from desktop.wording.pane.view import TabId
from tests.desktop.screens import Screen
from tests.desktop.widgets.pane.previews import make, with_preview

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def looked_at(window: Screen, known: EntryFactory, make_session: SessionFactory) -> Screen:
    """Show a report with its first rows, selected."""
    entry = with_preview(known)
    window.show_session(make_session(entry))
    window.show_previews({entry.report_id: make()})
    window.select(entry.report_id)
    QGuiApplication.clipboard().setText("before")
    return window


def press_copy(window: Screen) -> str:
    focused = window.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QGuiApplication.clipboard().text()


def drag_over(label: QLabel, *, until_x: int) -> None:
    middle = label.fontMetrics().height() // 2
    QTest.mousePress(label, Qt.MouseButton.LeftButton, pos=QPoint(0, middle))
    QTest.mouseMove(label, QPoint(until_x, middle))
    QTest.mouseRelease(label, Qt.MouseButton.LeftButton, pos=QPoint(until_x, middle))


@pytest.mark.parametrize(
    ("tab", "first", "last", "copied"),
    [
        (TabId.PREVIEW, (0, 1), (0, 1), "AA"),
        (TabId.PREVIEW, (1, 1), (2, 2), "\t\nUA\t12000"),
        (TabId.SUMMARY, (0, 0), (0, 1), "Day\tDate"),
    ],
)
def test_cells_are_copied_from_the_table_that_has_the_focus(
    looked_at: Screen, tab: TabId, first: tuple[int, int], last: tuple[int, int], copied: str
) -> None:
    looked_at.pane.show_tab(tab)
    table: QTableView = looked_at.pane.preview if tab is TabId.PREVIEW else looked_at.pane.summary.table
    model, shift = table.model(), Qt.KeyboardModifier.ShiftModifier
    for place, modifier in ((first, Qt.KeyboardModifier.NoModifier), (last, shift)):
        at = table.visualRect(model.index(*place)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifier, at)
    assert press_copy(looked_at) == copied
    assert looked_at.status.message.text == "Cells copied."


def test_text_that_is_selected_in_the_details_is_copied(
    window: Screen, known: EntryFactory, make_session: SessionFactory
) -> None:
    entry = known(1, State.FAILED, error=Failure(code="tooManyRows", message="Too many rows."))
    window.show_session(make_session(entry))
    window.select(entry.report_id)
    window.pane.show_tab(TabId.DETAILS)
    message = window.pane.details.failure.message
    drag_over(message, until_x=message.fontMetrics().horizontalAdvance("Too many"))
    assert press_copy(window) == "Too many"


def test_text_of_several_lines_keeps_their_ends(looked_at: Screen) -> None:
    label = plain_label("one\ntwo")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    layout = looked_at.pane.layout()
    assert layout is not None
    layout.addWidget(label)
    label.show()
    label.setFocus()
    label.setSelection(0, 7)
    assert press_copy(looked_at) == "one\ntwo"


def test_text_that_is_selected_in_the_search_is_copied(looked_at: Screen) -> None:
    looked_at.reports.focus_search("sample")
    looked_at.reports.filters.search.selectAll()
    assert press_copy(looked_at) == "sample"


@pytest.mark.parametrize("where", ["list", "preview", "details"])
def test_reports_are_copied_where_nothing_else_is_selected(looked_at: Screen, where: str) -> None:
    if where == "list":
        looked_at.reports.table.setFocus()
    elif where == "preview":
        looked_at.pane.preview.setFocus()
        looked_at.pane.preview.clearSelection()
    else:
        looked_at.pane.show_tab(TabId.DETAILS)
        value = looked_at.pane.details.facts.rows[0][1]
        QTest.mouseClick(value, Qt.MouseButton.LeftButton)
    assert not isinstance(looked_at.focusWidget(), QLineEdit)
    assert press_copy(looked_at).split("\t")[:2] == ["Ready", "Sample report"]
