"""What the mouse does with a right click or on a header, done by keys."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from desktop.session.state import Entry, Session
from desktop.widgets.actions.menus import key_sections
from desktop.wording.pane.view import TabId
from desktop.wording.reports.report_columns import COLUMNS, ColumnId
from tests.desktop.conftest import make_id
from tests.desktop.screens import Screen
from tests.desktop.widgets.pane.previews import make, with_preview

EntryFactory = Callable[..., Entry]
SessionFactory = Callable[..., Session]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def press_menu_key(window: Screen) -> None:
    focused = window.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)


def test_menu_of_the_selected_report_opens_below_it(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.select(make_id(3))
    table = window.reports.table
    table.setFocus()
    press_menu_key(window)
    assert window.report_menu.isVisible()
    row = table.visualRect(table.currentIndex())
    assert window.report_menu.pos() == table.viewport().mapToGlobal(row.bottomLeft())
    window.report_menu.hide()


@pytest.mark.parametrize("tab", [TabId.PREVIEW, TabId.SUMMARY])
def test_menu_of_cells_copies_them(
    window: Screen, known: EntryFactory, make_session: SessionFactory, tab: TabId
) -> None:
    entry = with_preview(known)
    window.show_session(make_session(entry))
    window.show_previews({entry.report_id: make()})
    window.select(entry.report_id)
    window.pane.show_tab(tab)
    table = window.pane.preview if tab is TabId.PREVIEW else window.pane.summary.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(1, 0))
    opened: list[list[str]] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        opened.append([action.text() for action in menu.actions()])
        menu.close()

    QTimer.singleShot(0, look)
    press_menu_key(window)
    assert opened == [["Copy\tCtrl+C"]]


def entries(window: Screen) -> dict[str, bool]:
    return {action.text(): action.isChecked() for action in window.sort_menu.actions()}


def choose(window: Screen, title: str) -> None:
    next(action for action in window.sort_menu.actions() if action.text() == title).trigger()


def test_list_is_sorted_by_the_menu_and_the_other_way_round_by_a_second_choice(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    assert list(entries(window)) == [column.title for column in COLUMNS]
    assert [title for title, is_checked in entries(window).items() if is_checked] == ["Finished"]
    orders = []
    for _ in range(2):
        choose(window, "State")
        assert [title for title, is_checked in entries(window).items() if is_checked] == ["State"]
        orders.append([row.shown.rank for row in window.reports.table.reports.rows])
    assert window.desk.arrangement.column is ColumnId.STATE
    assert orders == [sorted(orders[0]), sorted(orders[0], reverse=True)]


def test_click_on_a_header_is_seen_in_the_menu(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.reports.table.horizontalHeader().sectionClicked.emit(1)
    assert [title for title, is_checked in entries(window).items() if is_checked] == ["Report"]


def test_keys_that_stand_in_no_menu_are_named_too(window: Screen) -> None:
    section = key_sections(window.actions_of_window)[-1]
    assert dict(section.keys) == {
        "Next region": "F6",
        "Previous region": "Shift+F6",
        "Menu of what is selected": "Menu, Shift+F10",
    }
