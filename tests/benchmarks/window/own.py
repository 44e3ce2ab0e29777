"""One figure of the window, in a process of its own.

`python -m tests.benchmarks.window.own NAME [ARGUMENT]` ──▶ **FIGURES** ──▶ JSON on standard output
"""

import asyncio
import json
import os
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
from backend.protocol.messages import Progress, ReportMessage, Snapshot
from desktop import start
from desktop.session.connection_status import Connected
from desktop.session.events import ConnectionChanged, Received
from desktop.session.state import Entry, Session
from desktop.widgets.main_window import MainWindow
from desktop.wording.window import WindowView
from tests.benchmarks.window.clocks import CLICKS, Lateness, click, rss_mb, until_painted
from tests.desktop.conftest import NOW, make_id
from tests.desktop.screens import Screen
from tests.desktop.services import SAMPLE, result_of, snapshot_of

ROWS = 500
IDLE_S = 20.0
SETTLED_S = 4.0


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


def started(profile: str, *, is_kept: bool = False) -> dict[str, float]:
    """Return when the window was painted first and when Generate was enabled, on the clock that the caller has too."""
    times: dict[str, float] = {}
    first_paint, show_view = start.first_paint, MainWindow.show_view

    async def note_paint(window: MainWindow) -> None:
        await first_paint(window)
        times.update({"paint": time.time(), "paint cpu": time.process_time()})

    def note_view(window: MainWindow, view: WindowView) -> None:
        show_view(window, view)
        if "enabled" not in times and window.form.generate.isEnabled():
            times.update({"enabled": time.time(), "cpu": time.process_time()})
            if not is_kept:
                print(json.dumps(times), flush=True)  # noqa: T201
                os._exit(0)

    start.first_paint = note_paint
    setattr(MainWindow, "show_view", note_view)  # noqa: B010  mypy allows no other way
    from desktop.__main__ import main  # noqa: PLC0415  where the program begins

    main(["--profile", profile])
    return times


def idle(profile: str) -> float:
    """Return the share of a processor that the program takes with nothing under way."""
    _after_settling(lambda: _end_after(IDLE_S, time.process_time()))
    started(profile, is_kept=True)
    return 0.0


def memory(profile: str) -> float:
    """Return the MB that the program has with what the service lists."""
    _after_settling(_say_memory)
    started(profile, is_kept=True)
    return 0.0


def _say_memory() -> None:
    print(json.dumps(rss_mb()), flush=True)  # noqa: T201
    os._exit(0)


def _after_settling(act: Callable[[], object]) -> None:
    first_paint = start.first_paint

    async def plan(window: MainWindow) -> None:
        await first_paint(window)
        asyncio.get_running_loop().call_later(SETTLED_S, act)

    start.first_paint = plan


def _end_after(seconds: float, before: float) -> None:
    def end() -> None:
        print(json.dumps((time.process_time() - before) / seconds * 100), flush=True)  # noqa: T201
        os._exit(0)

    asyncio.get_running_loop().call_later(seconds, end)


FIGURES: dict[str, Callable[..., Any]] = {
    "clicked": clicked,
    "opened": opened,
    "updated": updated,
    "started": started,
    "idle": idle,
    "memory": memory,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(FIGURES[sys.argv[1]](*sys.argv[2:])) + "\n")
