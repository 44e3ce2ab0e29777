"""When the window is painted anew."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from backend.protocol.messages import PongMessage
from desktop.desk.reversible import Reversible
from desktop.files.downloads import Downloads
from desktop.files.previews import Previews
from desktop.painting import Painting
from desktop.session.connection_status import Connected, Connecting
from desktop.session.events import ConnectionChanged, Received, TimePassed
from desktop.session.store import Store
from desktop.widgets.main_window import MainWindow
from desktop.wording.window import now_here

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def painting(store: Store, qtbot: QtBot) -> Painting:
    window = MainWindow()
    qtbot.addWidget(window)
    made = Painting(window, lambda: None)
    downloads = Downloads(store, made.plan)
    previews = Previews(downloads.fresh_link, made.plan)
    never: Any = lambda *_: None  # noqa: E731  nothing here can be undone
    reversible = Reversible(print, print, made.paint, now=now_here, call_later=never)
    made.look_at(store, downloads, previews, reversible)
    made.start()
    return made


def test_time_that_brings_nothing_paints_nothing(store: Store, painting: Painting) -> None:
    store.dispatch(ConnectionChanged(Connected(), 0.0))
    painting.paint()
    painting.repaint.stop()
    for second in range(3):
        store.dispatch(TimePassed(float(second)))
    assert not painting.repaint.isActive()
    store.dispatch(ConnectionChanged(Connecting(), 4.0))
    assert painting.repaint.isActive()


def test_window_looks_at_the_clock_while_an_answer_is_waited_for(store: Store, painting: Painting) -> None:
    store.dispatch(ConnectionChanged(Connected(), 0.0))
    painting.paint()
    assert painting.view is not None
    assert painting.view.is_moving
    store.dispatch(Received(PongMessage(request_id=""), 1.0))
    painting.paint()
    assert not painting.view.is_moving
