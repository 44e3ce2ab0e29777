"""Qt's loops for tests, which make one each; the program has one for life.

Python's collector destroys a forgotten loop on whichever thread it happens to run, and with it Qt timers that are still
to come due: Qt then calls freed memory. So each loop is kept until the process ends.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from tests.limits import HANG_S

_kept: list[QEventLoop] = []

Drive = Callable[[Coroutine[Any, Any, None]], None]
"""Runs a coroutine on Qt's loop, and ends it after `HANG_S`."""


@contextmanager
def driving(qapp: QApplication) -> Iterator[Drive]:
    qapp.setQuitOnLastWindowClosed(False)

    def make() -> QEventLoop:
        _kept.append(QEventLoop(qapp))
        return _kept[-1]

    with asyncio.Runner(loop_factory=make) as runner:
        yield lambda flow: runner.run(asyncio.wait_for(flow, HANG_S))
