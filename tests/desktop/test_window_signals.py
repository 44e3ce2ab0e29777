"""Signals while the window waits for events, in Qt and not in Python."""

import os
import signal
import threading
import time

import pytest
from PySide6.QtCore import QEventLoop, QTimer

from desktop.loop import awake_at_signals

LATE_MS = 10_000


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
