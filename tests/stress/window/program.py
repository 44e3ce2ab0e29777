"""The real program in a process of its own, with somebody who plays with it or ends it.

`python -m tests.stress.window.program PROFILE SEED LOG play SECONDS | end HOW AFTER_MS` ──▶ desktop.__main__ ──▶ exit

What it finds is written to standard error, which has to stay empty.
"""

import asyncio
import faulthandler
import os
import signal
import sys
import threading
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.__main__ import main
from desktop.local_service import LocalService
from desktop.widgets.intents import Close
from desktop.widgets.main_window import MainWindow
from tests.stress.window.hand import HANG_S, Hand

WAYS = ("intent", "quit", "signal", "window")
"""The ways a start is ended: by the window's own intent, the action, SIGTERM, the window's frame."""


async def _stay_local(_service: LocalService) -> None:
    """Stand for the local backend, of which a process of its own and an emulator would be needed."""
    await asyncio.Event().wait()


def _window() -> MainWindow | None:
    found = (each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow))
    return next(found, None)


def _end(window: MainWindow, way: str) -> None:
    match way:
        case "quit":
            window.dispatch.close()
            QTimer.singleShot(0, window, lambda: window.intended.emit(Close(is_sure=True)))
        case "window":
            window.close()
            QTimer.singleShot(50, window, lambda: window.intended.emit(Close(is_sure=True)))
        case _:
            window.intended.emit(Close(is_sure=True))


def _play(seed: str, log: Path, seconds: float) -> None:
    window = _window()
    if window is None:
        QTimer.singleShot(20, lambda: _play(seed, log, seconds))
        return
    hand = Hand(window, seed, log.open("w", encoding="utf-8"))
    QTimer.singleShot(int(seconds * 1000), window, lambda: window.intended.emit(Close(is_sure=True)))
    hand.begin()


def run(profile: str, seed: str, log: str, kind: str, *rest: str) -> int:
    """Run the program until it is ended."""
    faulthandler.enable()
    faulthandler.dump_traceback_later(HANG_S, exit=True)
    setattr(LocalService, "run", _stay_local)  # noqa: B010  mypy allows no other way
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    app = QApplication(["reportwire"])
    if kind == "play":
        QTimer.singleShot(0, lambda: _play(seed, Path(log), float(rest[0])))
    elif rest[0] == "signal":
        threading.Thread(target=_signal_later, args=(int(rest[1]) / 1000,), daemon=True).start()
    else:
        QTimer.singleShot(int(rest[1]), app, lambda: _end_when_seen(rest[0]))
    status = main(["--profile", profile])
    faulthandler.cancel_dump_traceback_later()
    return status


def _end_when_seen(way: str) -> None:
    window = _window()
    if window is None or not window.isVisible():
        QTimer.singleShot(5, lambda: _end_when_seen(way))
    else:
        _end(window, way)


def _signal_later(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
