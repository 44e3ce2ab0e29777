from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.desk.connection_items import local_item
from desktop.widgets.status.connection_menu import ConnectionMenu
from desktop.wording.dialogs.connections import ConnectionItem, ConnectionsView

LOCAL = replace(local_item(None), is_used=True)
OTHER = replace(LOCAL, id="other", name="R&D", is_used=False)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def menu(parent: QWidget) -> ConnectionMenu:
    made = ConnectionMenu(parent)
    made.addAction("Reconnect")
    return made


def offer(menu: ConnectionMenu, items: Sequence[ConnectionItem]) -> list[tuple[str, bool]]:
    """Offer these and return what stands between the heading and the other actions."""
    menu.offer(ConnectionsView(items=tuple(items)))
    first, *between, last = [action for action in menu.actions() if not action.isSeparator()]
    assert (first.text(), last.text()) == ("", "Reconnect")
    return [(action.text(), action.isChecked()) for action in between]


def test_connections_are_offered_if_there_are_several(menu: ConnectionMenu) -> None:
    assert offer(menu, (LOCAL,)) == []
    assert offer(menu, (LOCAL, OTHER)) == [(LOCAL.name, True), ("R&&D", False)]
    assert offer(menu, (replace(OTHER, name="Sales"), LOCAL)) == [("Sales", False), (LOCAL.name, True)]
    assert offer(menu, (OTHER,)) == []


def test_another_connection_is_chosen_and_that_in_use_is_not_begun_again(qtbot: QtBot, menu: ConnectionMenu) -> None:
    offer(menu, (LOCAL, OTHER))
    in_use, other = menu.choices.actions()
    with qtbot.assertNotEmitted(menu.use_asked):
        in_use.trigger()
    assert in_use.isChecked()
    with qtbot.waitSignal(menu.use_asked) as asked:
        other.trigger()
    assert asked.args == ["other"]
    assert [action.isChecked() for action in (in_use, other)] == [True, False]


def test_menu_that_is_open_is_not_made_anew_for_nothing(menu: ConnectionMenu) -> None:
    offer(menu, (LOCAL, OTHER))
    before = menu.choices.actions()
    offer(menu, (replace(LOCAL, can_test=True), OTHER))
    assert menu.choices.actions() == before
