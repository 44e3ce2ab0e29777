"""Another connection is used at once, or after a question."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState
from desktop.program import Choices, Program
from desktop.widgets.main_window import MainWindow
from desktop.wording.dialogs.quitting import Leaving, say_switch


@pytest.mark.parametrize("leaving", [Leaving(), Leaving(under_way=1, is_local=True)])
def test_other_connection_waits_for_the_answer_where_something_stops(qtbot: QtBot, leaving: Leaving) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    program, used = Program(window, None, Choices(None, Settings(), WindowState(None))), list[str]()
    program._app = cast("Any", SimpleNamespace(say_switch=lambda: say_switch(leaving), stop=lambda: None))
    program._desk = cast("Any", SimpleNamespace(mark_used=used.append))
    window.connection_menu.use_asked.emit("other.json")
    question = window.dispatch.dialogs.quit
    if question is not None:
        assert used == []
        question.quit.click()
    assert (used, question is None) == (["other.json"], leaving == Leaving())
