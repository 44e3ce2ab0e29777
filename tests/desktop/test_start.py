"""The window's start: what happens to it before there is anything behind it, and signals while it waits."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QEventLoop, QMessageLogContext, QTimer, QtMsgType
from pytestqt.qtbot import QtBot

from desktop import start
from desktop.loop import awake_at_signals
from desktop.start import Closing, first_paint, load_behind, say_without_addresses
from desktop.widgets.intents import Close
from desktop.widgets.main_window import MainWindow
from tests.desktop.services import SECRET

URL = f"https://files.example/a?{SECRET}"
ROOT = Path(__file__).parents[2]
LATE_MS = 10_000


@pytest.mark.parametrize("is_at_once", [True, False])
def test_window_that_is_closed_before_it_is_painted_is_not_waited_for(qtbot: QtBot, *, is_at_once: bool) -> None:
    window = MainWindow()
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    closing = Closing(window)
    window.show()
    if is_at_once:
        window.intended.emit(Close())
    else:
        QTimer.singleShot(0, lambda: window.intended.emit(Close()))
    first_paint(window)
    qtbot.waitUntil(lambda: closing.is_asked)


@pytest.mark.parametrize("is_asked", [True, False])
def test_work_begins_unless_the_window_was_closed_while_it_was_loaded(qtbot: QtBot, *, is_asked: bool) -> None:
    window, begun = MainWindow(), []
    qtbot.addWidget(window, before_close_func=lambda shown: shown.hide())
    closing = Closing(window)

    async def work() -> None:
        begun.append(True)

    if is_asked:
        window.intended.emit(Close())
    asyncio.run(closing.leave_for(work()))
    assert bool(begun) is not is_asked


@pytest.mark.usefixtures("qapp")
def test_what_works_with_a_service_is_loaded_while_the_window_heeds_what_is_done_to_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "heeding_loaded.py").write_text(
        "import time\nfrom tests.desktop import test_start\nwhile not test_start.HEEDED:\n    time.sleep(0.001)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(start, "BEHIND", ("heeding_loaded",))
    QTimer.singleShot(0, lambda: HEEDED.append(True))
    assert [module.__name__ for module in load_behind()] == ["heeding_loaded"]


HEEDED: list[bool] = []


@pytest.mark.usefixtures("qapp")
def test_what_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "BEHIND", ("desktop.nothing_of_that_name",))
    with pytest.raises(ModuleNotFoundError, match="nothing_of_that_name"):
        load_behind()


def test_messages_of_qt_are_printed_without_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    context = cast("QMessageLogContext", None)
    say_without_addresses(QtMsgType.QtWarningMsg, context, f"Unable to detect a web browser to launch '{URL}'")
    assert capsys.readouterr().err == "Unable to detect a web browser to launch '…'\n"


def test_neither_a_command_line_nor_a_terminal_is_loaded_for_the_window() -> None:
    asking = "from desktop import loading; loading.begin(); import desktop.program, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"httpx", "websockets"} <= loaded
    assert {"click", "rich", "pygments", "filelock"} & loaded == set()


def test_nothing_reads_the_source_of_what_is_loaded_behind_qt() -> None:
    asking = (
        "from desktop import loading; loading.begin(); import desktop.keeping.settings, linecache, gc;"
        "print(gc.isenabled(), *linecache.cache); loading.end(); print(gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    done = subprocess.run([sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first.startswith("False")
    assert "desktop" not in first
    assert second == "True True"


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.usefixtures("qtbot")
def test_signal_is_heard_as_it_comes() -> None:
    waiting = QEventLoop()
    QTimer.singleShot(LATE_MS, waiting.quit)
    before = signal.signal(signal.SIGUSR1, lambda *_: waiting.quit())
    begun = time.monotonic()
    try:
        with awake_at_signals():
            threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGUSR1]).start()
            waiting.exec()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert time.monotonic() - begun < LATE_MS / 1000 / 2
