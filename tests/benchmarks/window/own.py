"""One figure of the window alone, in a process of its own.

`python -m tests.benchmarks.window.own NAME [ARGUMENT]` ──▶ **FIGURES** ──▶ JSON on standard output
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from backend.protocol.lifecycle import State
from backend.protocol.messages import CatalogMessage, Progress, ReportMessage, Snapshot
from desktop.session.connection_status import Connected
from desktop.session.events import ConnectionChanged, Received
from desktop.session.state import Entry, Session
from desktop.session.step import CATALOG
from desktop.widgets.main_window import MainWindow
from tests.benchmarks.window.clocks import CLICKS, Lateness, click, until_painted
from tests.desktop.conftest import NOW, make_id
from tests.desktop.screens import Screen
from tests.desktop.services import SAMPLE, result_of, snapshot_of

ROWS = 500


def snapshots(count: int) -> Iterable[Snapshot]:
    """Yield finished reports, one a second."""
    for number in range(count):
        at = NOW - timedelta(seconds=count - number)
        done = {"state": State.SUCCEEDED, "result": result_of(b"1"), "finished_at": at, "parameters": {"delay": number}}
        snapshot = snapshot_of(make_id(number), revision=9, **done)
        yield snapshot


def screen(count: int) -> Screen:
    """Return a window that lists so many reports, not shown yet."""
    window = Screen()
    entries = MappingProxyType({each.report_id: Entry(each.report_id, snapshot=each) for each in snapshots(count)})
    window.show()
    until_painted(window)
    window.show_session(Session(Connected(), catalog=(SAMPLE,), entries=entries, is_listed=True))
    return window


def clicked(count: str) -> list[float]:
    """Return the milliseconds from each of some clicks to the row painted as selected."""
    _app = QApplication([])
    window = screen(int(count))
    table = window.reports.table
    until_painted(table.viewport())
    height = table.rowHeight(0)
    places = [QPoint(60, height // 2 + height * (number % 6)) for number in range(CLICKS)]
    return [click(table.viewport(), at, lambda: bool(table.selectedIndexes())) for at in places]


def opened(count: str) -> tuple[float, float]:
    """Return the seconds from the news of so many reports to the first of them painted, and the processor's."""
    _app = QApplication([])
    window = Screen()
    window.show()
    until_painted(window)
    entries = MappingProxyType({each.report_id: Entry(each.report_id, snapshot=each) for each in snapshots(int(count))})
    began, cpu = time.perf_counter(), time.process_time()
    window.show_session(Session(Connected(), catalog=(SAMPLE,), entries=entries, is_listed=True))
    until_painted(window.reports.table.viewport())
    return time.perf_counter() - began, time.process_time() - cpu


def updated(seconds: str) -> dict[str, float]:
    """Return how long the loop was held up while reports are told of, a thousand times a second."""
    qt = QApplication([])
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        return runner.run(_updated(float(seconds)))


async def _updated(seconds: float) -> dict[str, float]:
    from desktop.app import App  # noqa: PLC0415  as the program does

    app = App(MainWindow())
    app.window.show()
    app.store.dispatch(ConnectionChanged(Connected(), time.monotonic()))
    catalog = CatalogMessage(request_id=CATALOG.encode(), definitions=(SAMPLE,), next=None)
    app.store.dispatch(Received(catalog, time.monotonic()))
    for number in range(ROWS):
        news = snapshot_of(make_id(number), state=State.RUNNING, started_at=NOW)
        app.store.dispatch(Received(ReportMessage(request_id="", report=news), time.monotonic()))
    await asyncio.sleep(1)
    revision = 1

    def tell() -> None:
        nonlocal revision
        revision += 1
        progress = Progress(stage="writing", completed=revision, total=100_000, unit="rows")
        changes = {"state": State.RUNNING, "revision": revision, "started_at": NOW, "progress": progress}
        news = snapshot_of(make_id(revision % ROWS), **changes)
        app.store.dispatch(Received(ReportMessage(request_id="", report=news), time.monotonic()))

    lateness = Lateness(app.window, tell)
    await asyncio.sleep(seconds)
    return lateness.figures()


FIGURES: dict[str, Callable[..., Any]] = {
    "clicked": clicked,
    "opened": opened,
    "updated": updated,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(FIGURES[sys.argv[1]](*sys.argv[2:])) + "\n")
