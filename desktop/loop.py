"""The loop of asyncio within Qt's, for the time in which the window works with a service.

start ── coroutine ──▶ **run** ──▶ QApplication
"""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

SIGNALS_AT_ONCE = 64


def run(work: Coroutine[Any, Any, None], note: Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]) -> None:
    """Run a coroutine to its end; `note` hears of the errors that nobody waits for."""
    loop_factory = lambda: QEventLoop(QApplication.instance())  # noqa: E731
    with awake_at_signals(), asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.get_loop().set_exception_handler(note)
        runner.run(work)


@contextmanager
def awake_at_signals() -> Iterator[None]:
    """Have Python look at a signal as it comes: while Qt waits for events nothing else would, until the next timer."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.settimeout(0)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reading.recv(SIGNALS_AT_ONCE))
    before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        reading.close()
        writing.close()
