"""The window's wiring: the real client, store and window on Qt's loop, against a service on loopback."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from backend.protocol.messages import GenerateReport
from desktop.app import App
from desktop.session.events import ServiceEnded
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile
from desktop.widgets.intents import Close, OpenLink
from desktop.widgets.main_window import MainWindow
from desktop.widgets.reports.report_actions import ActionId
from infra.bundle import ROOT
from tests.desktop.services import (
    CONTENT,
    FakeService,
    Files,
    FileServer,
    files,
    finished,
    serve_whole,
    serving,
    snapshot_of,
)
from tests.qt_loops import Drive

T = TypeVar("T")

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # a display without a window manager says so
DOCUMENT = json.dumps({"columns": [{"name": "a", "type": "integer"}], "rows": [[1], [2]], "rowCount": 7}).encode()


@asynccontextmanager
async def window(profile: Profile) -> AsyncIterator[App]:
    app = App(MainWindow())
    app.window.show()
    serving = asyncio.create_task(app.serve(profile))
    try:
        yield app
    finally:
        app.window.intended.emit(Close(is_sure=True))
        await serving
        app.window.deleteLater()


async def until(app: App, pick: Callable[[], T | None]) -> T:
    """Wait until `pick` finds something in the window, which is painted a little after the session changes."""
    painted = asyncio.Event()
    app._repaint.timeout.connect(painted.set)
    app.window.reports.pane.preview.cells.modelReset.connect(painted.set)
    while (found := pick()) is None:
        painted.clear()
        await painted.wait()
    return found


def with_preview(server: FileServer) -> FakeService:
    def course(request: GenerateReport) -> Iterator[Any]:
        report_id = str(request.report_id)
        yield snapshot_of(report_id)
        done = finished(report_id, CONTENT, "https://files.example/a")
        assert done.link is not None
        yield replace(done, link=replace(done.link, preview_url=server.url))

    return FakeService(course)


def test_first_rows_of_the_report_just_generated_are_shown(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.window.form.generate.click()
            cells = app.window.reports.pane.preview.cells
            await until(app, lambda: cells.preview.columns or None)
            assert cells.preview.rows == ((1,), (2,))
            assert "first 2 of 7 rows" in app.window.reports.pane.caption.text
            assert sent(app.store.session) == list(app.previews.all)

    with files(serve_whole, content=DOCUMENT) as server, serving(with_preview(server)) as profile:
        drive(flow(profile))


def sent(session: Session) -> list[str]:
    return [entry.report_id for entry in session.entries.values() if entry.request]


def has_answered(app: App, number: int) -> bool | None:
    return sum(entry.snapshot is not None for entry in app.store.session.entries.values()) == number or None


def has_rows(app: App, number: int) -> bool | None:
    return app.window.reports.model.rowCount() == number or None


def test_window_closes_while_a_preview_is_on_its_way(drive: Drive) -> None:
    begun, is_closed = threading.Event(), threading.Event()

    def hold(answer: Files, start: int) -> None:
        begun.set()
        is_closed.wait(20)
        serve_whole(answer, start)

    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.window.form.generate.click()
            await asyncio.to_thread(begun.wait, 20)
        is_closed.set()

    with files(hold, content=DOCUMENT) as server, serving(with_preview(server)) as profile:
        drive(flow(profile))
    assert is_closed.is_set()


def buttons(app: App) -> dict[str, QAbstractButton]:
    (box,) = app.window.findChildren(QMessageBox)
    return {button.text(): button for button in box.buttons()}


def test_window_with_a_local_backend_asks_before_it_takes_reports_with_it(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app._is_local = True
            app.window.close()
            assert app._closed.is_set()
            app._closed.clear()
            app.window.form.generate.click()
            await until(app, lambda: sent(app.store.session) or None)
            app.window.close()
            buttons(app)["Keep open"].click()
            assert not app._closed.is_set()
            await asyncio.sleep(0)
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            app.window.close()
            buttons(app)["Close"].click()
            assert app._closed.is_set()

    with serving(FakeService()) as profile:
        drive(flow(profile))


ENDED_EARLY = """
import os, signal, sys
from desktop.__main__ import main
from desktop.widgets.main_window import MainWindow

make = MainWindow.__init__
def end_and_make(window):
    os.kill(os.getpid(), signal.SIGTERM)
    make(window)

MainWindow.__init__ = end_and_make
sys.exit(main(["--profile", sys.argv[1]]))
"""


@pytest.mark.slow
def test_signal_while_the_window_is_made_ends_it_quietly(tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text(
        '{"name": "x", "endpoint": "wss://reports.invalid/prod", "region": "x", "auth": {"mode": "iam"}}'
    )
    command = [sys.executable, "-c", ENDED_EARLY, str(profile)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_lost_reports_are_removed_one_after_the_other(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            for number in range(1, 4):
                app.window.form.generate.click()
                await until(app, partial(has_answered, app, number))
            app.store.dispatch(ServiceEnded())
            remove = app.window.reports.actions_of_row.actions[ActionId.REMOVE]
            for left in (2, 1, 0):
                await until(app, lambda: remove.isEnabled() or None)
                remove.trigger()
                await until(app, partial(has_rows, app, left))
            assert not remove.isEnabled()

    with serving(FakeService(lambda request: iter([snapshot_of(str(request.report_id))]))) as profile:
        drive(flow(profile))


def test_report_that_no_browser_takes_is_said(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(url: str) -> bool:
        assert url.startswith("https://files.example/")
        return False

    monkeypatch.setattr("desktop.app.open_address", refuse)

    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.window.form.generate.click()
            (report_id,) = await until(app, lambda: sent(app.store.session) or None)
            app.window.intended.emit(OpenLink(report_id))
            shown: asyncio.Queue[str] = asyncio.Queue()
            app.window.statusBar().messageChanged.connect(shown.put_nowait)
            assert await shown.get() == "No browser could be started here. Copy the link, or save the file."

    with serving(FakeService()) as profile:
        drive(flow(profile))
