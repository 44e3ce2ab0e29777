"""Menus, toolbar, the menu of a row and the keys: the same actions everywhere, with the keys as they were designed."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.session.state import Session
from desktop.widgets.actions.menus import MENUS, OF_A_REPORT
from desktop.widgets.actions.toolbar import GROUPS, YIELDING
from desktop.widgets.theme import measures
from desktop.wording import language
from desktop.wording.language import LanguageId
from desktop.wording.reports.offers import ActionId
from tests.desktop.screens import Screen

A = ActionId
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
KEYS = [line.split("\t") for line in (Path(__file__).parent / "keys.tsv").read_text().splitlines()[1:]]


def entries(menu: QMenu) -> list[QAction]:
    return [action for action in menu.actions() if not action.isSeparator() and action.menu() is None]


def menus(window: Screen) -> dict[str, QMenu]:
    found = {}
    for action in window.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        found[action.text().replace("&", "")] = menu
    return found


@pytest.mark.parametrize(("name", "menu", "key"), [(line[0], line[1], line[2]) for line in KEYS])
def test_each_action_has_its_key_and_its_menu(window: Screen, name: str, menu: str, key: str) -> None:
    action = window.actions_of_window[ActionId(name)]
    assert action.shortcut() == QKeySequence(key)
    assert [title for title, each in menus(window).items() if action in entries(each)] == [menu] * bool(menu)


@pytest.mark.parametrize("name", [A.FORM, A.PANE])
def test_menu_checks_what_is_shown(window: Screen, busy: Session, name: ActionId) -> None:
    window.show_session(busy)
    action = window.actions_of_window[name]
    menu = menus(window)["View"]
    menu.popup(QPoint(0, 0))
    seen = []
    for _ in range(2):
        QApplication.processEvents()
        line = menu.actionGeometry(action)
        seen.append((action.isChecked(), menu.grab(line.adjusted(0, 0, -line.width() // 2, 0)).toImage()))
        action.trigger()
    menu.close()
    assert [is_checked for is_checked, _ in seen] == [True, False]
    assert seen[0][1] != seen[1][1]


def test_no_key_is_taken_twice(window: Screen) -> None:
    keys = Counter(key.toString() for action in window.actions_of_window.by_id.values() for key in action.shortcuts())
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("spoken", list(LanguageId))
def test_letters_are_given_once_in_each_menu(qtbot: QtBot, spoken: LanguageId) -> None:
    language.use(spoken)
    window = Screen()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    for menu in menus(window).values():
        letters = Counter(
            letter.lower() for action in menu.actions() for letter in re.findall(r"&([^&])", action.text())
        )
        assert [letter for letter, count in letters.items() if count > 1] == []
    titles = Counter(
        found.lower() for action in window.menuBar().actions() for found in re.findall("&(.)", action.text())
    )
    assert max(titles.values()) == 1


def test_menu_of_a_row_and_toolbar_offer_the_same_actions(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    shared = window.actions_of_window
    in_menu = set(entries(window.report_menu))
    assert in_menu == {shared[action_id] for action_id in OF_A_REPORT if action_id}
    of_reports = [action_id for group in GROUPS for action_id in group if action_id is not A.NEW]
    assert {shared[action_id] for action_id in of_reports} <= in_menu
    for action_id in of_reports:
        assert window.toolbar.buttons[action_id].isEnabled() is shared[action_id].isEnabled()
    window.select(*busy.entries)
    for action_id in of_reports:
        assert window.toolbar.buttons[action_id].isEnabled() is shared[action_id].isEnabled()


def test_toolbar_button_triggers_its_action(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.select(*busy.entries)
    triggered: list[ActionId] = []
    window.actions_of_window.asked.connect(triggered.append)
    QTest.mouseClick(window.toolbar.buttons[A.REMOVE], Qt.MouseButton.LeftButton)
    assert triggered == [A.REMOVE]


def test_tooltip_is_the_words_and_the_key(window: Screen) -> None:
    assert window.toolbar.buttons[A.AGAIN].toolTip() == "<p>Run again (Ctrl+R)</p>"


@pytest.mark.parametrize("folder", ["Reports", "Q&A", "a & b", "<b>x"])
def test_folder_is_named_as_it_is(window: Screen, folder: str) -> None:
    window.show_folder(Path("/tmp") / folder)
    text = window.actions_of_window[A.SAVE_IN].text()
    assert re.sub("&(.)", r"\1", text) == f"Save in {folder}"


def test_texts_give_way_one_after_the_other_and_save_as_last(window: Screen) -> None:
    toolbar = window.toolbar
    toolbar.setParent(None)
    seen: list[tuple[ActionId, ...]] = []
    for width in range(measures.h(80), measures.h(14), -8):
        toolbar.resize(width, toolbar.height())
        toolbar._fit()
        wordless = tuple(action_id for action_id in YIELDING if not toolbar.buttons[action_id].has_words)
        if not seen or seen[-1] != wordless:
            seen.append(wordless)
    assert seen[:3] == [(), (A.COPY_LINK,), (A.COPY_LINK, A.FOLDER)]
    assert seen[-1] == YIELDING
    assert all(len(after) > len(before) for before, after in pairwise(seen))
    toolbar.deleteLater()


@pytest.mark.parametrize(("is_narrow", "primary"), [(True, A.NEW), (False, A.SAVE_AS)])
def test_one_button_is_the_next_thing_to_do(
    window: Screen, busy: Session, *, is_narrow: bool, primary: ActionId
) -> None:
    window.show_session(busy)
    window.select(next(entry.report_id for entry in busy.entries.values() if entry.snapshot and entry.snapshot.result))
    window.toolbar.show_narrow(is_narrow=is_narrow)
    filled = [button.action_id for button in window.toolbar if button.property("primary")]
    assert filled == [primary]


def test_every_action_stands_in_a_menu_or_has_a_key(window: Screen) -> None:
    in_menus = {action_id for _, group in MENUS for action_id in group if action_id} | {A.COPY_DETAILS}
    for action_id, action in window.actions_of_window.by_id.items():
        assert action_id in in_menus or not action.shortcut().isEmpty()


def test_menus_open_where_they_are_asked_for(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    window.reports.menu_asked.emit(QPoint(100, 100))
    assert window.report_menu.isVisible()
    window.report_menu.hide()
    window.reports.columns_asked.emit(QPoint(100, 100))
    assert window.columns_menu.isVisible()
    window.columns_menu.hide()


def test_columns_are_chosen_in_their_menu(window: Screen, busy: Session) -> None:
    window.show_session(busy)
    entry = next(action for action in window.columns_menu.actions() if action.text() == "Format")
    entry.trigger()
    assert "format" in window.reports.table.columns.wanted
    window.actions_of_window[A.COLUMNS_RESET].trigger()
    assert "format" not in window.reports.table.columns.wanted
    assert not entry.isChecked()
