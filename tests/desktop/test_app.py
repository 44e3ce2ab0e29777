"""The window's wiring: the real client, store and window on Qt's loop, against a service on loopback."""

import asyncio
import itertools
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
from PySide6.QtGui import QGuiApplication

from backend.protocol.messages import DescribeCatalog, GenerateReport
from desktop.app import App
from desktop.keeping.settings import Settings
from desktop.session.connection_status import Connected
from desktop.session.events import ServiceEnded
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile
from desktop.widgets.intents import ChooseFolder, Close, Generate
from desktop.widgets.main_window import MainWindow
from desktop.wording.reports.offers import ActionId
from desktop.wording.reports.report_state import Shown
from infra.bundle import ROOT
from tests.desktop.services import (
    CONTENT,
    FakeService,
    Files,
    FileServer,
    files,
    finished,
    hang,
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
    app.painting.repaint.timeout.connect(painted.set)
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


def test_profile_is_told_of_as_soon_as_it_is_known(drive: Drive) -> None:
    known: list[str] = []

    async def flow(profile: Profile) -> None:
        app = App(MainWindow(), tell_profile=lambda: known.append(app.profile.name if app.profile else ""))
        app.window.show()
        serving = asyncio.create_task(app.serve(profile))
        await until(app, lambda: app.window.form.definition)
        app.window.intended.emit(Close(is_sure=True))
        await serving
        app.window.deleteLater()
        assert known == [profile.name]

    with serving(FakeService()) as profile:
        drive(flow(profile))


def test_first_rows_of_the_report_just_generated_are_shown(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.window.form.generate.click()
            await until(app, lambda: app.window.pane.view.preview.columns or None)
            assert app.window.pane.view.preview.rows == ((1,), (2,))
            assert "first 2 of 7 rows" in app.window.pane.caption.text
            assert sent(app.store.session) == list(app.previews.all)

    with files(serve_whole, content=DOCUMENT) as server, serving(with_preview(server)) as profile:
        drive(flow(profile))


def test_folder_of_the_settings_can_be_gone_back_from(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            before = app.saving.folder
            app.use_settings(Settings(folder="/elsewhere"))
            assert app.saving.folder == Path("/elsewhere")
            app.use_settings(Settings(saves_when_ready=True))
            assert app.saving.folder == before

    with serving(FakeService()) as profile:
        drive(flow(profile))


def sent(session: Session) -> list[str]:
    return [entry.report_id for entry in session.entries.values() if entry.request]


def has_answered(app: App, number: int) -> bool | None:
    return sum(entry.snapshot is not None for entry in app.store.session.entries.values()) == number or None


def has_rows(app: App, number: int) -> bool | None:
    return app.window.reports.table.reports.rowCount() == number or None


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


def test_window_with_a_local_backend_asks_before_it_halts_reports(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.is_local = True
            app.window.form.generate.click()
            await until(app, lambda: shown(app, sent(app.store.session)[0]) if sent(app.store.session) else None)
            app.window.close()
            dialog = app.window.dispatch.dialogs.quit
            assert dialog is not None
            assert dialog.isVisible()
            dialog.reject()
            assert not app._closed.is_set()
            assert app.window.isVisible()

    with serving(FakeService(echo)) as profile:
        drive(flow(profile))


def test_window_that_loses_nothing_closes_at_once(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.window.close()
            assert app._closed.is_set()
            assert not app.window.isVisible()

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
            app.window.form._clock = itertools.count(step=10).__next__  # no two presses are a double click
            for number in range(1, 4):
                app.window.intended.emit(Generate(GenerateReport(definition="sample", parameters={"delay": number})))
                await until(app, partial(has_answered, app, number))
            app.store.dispatch(ServiceEnded())
            remove = app.window.actions_of_window[ActionId.REMOVE]
            for left in (2, 1, 0):
                await until(app, lambda: remove.isEnabled() or None)
                remove.trigger()
                await until(app, partial(has_rows, app, left))
            assert not remove.isEnabled()
            app.window.actions_of_window[ActionId.UNDO].trigger()
            assert has_rows(app, 1)

    with serving(FakeService(lambda request: iter([snapshot_of(str(request.report_id))]))) as profile:
        drive(flow(profile))


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def echo(request: GenerateReport) -> Iterator[Any]:
    """Answer with the parameters that were asked for."""
    yield replace(snapshot_of(str(request.report_id)), parameters=request.parameters)


def shown(app: App, report_id: str) -> Shown | None:
    row = app.painting.row(report_id)
    return row.shown if row else None


def test_file_is_saved_by_itself_paused_and_opened(
    drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    async def take(url: str) -> bool:
        opened.append(url)
        return False

    monkeypatch.setattr("desktop.desk.opening.open_address", take)

    def course(request: GenerateReport) -> Iterator[Any]:
        yield snapshot_of(str(request.report_id))
        yield finished(str(request.report_id), CONTENT, server.url)

    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            app._use_folder(tmp_path)
            await until(app, lambda: app.window.form.definition)
            app.window.form.foot.save.click()
            app.window.form.generate.click()
            (report_id,) = await until(app, lambda: sent(app.store.session) or None)
            await until(app, lambda: shown(app, report_id) is Shown.SAVED or None)
            (saved,) = files_in(tmp_path)
            assert saved.read_bytes() == CONTENT
            messages: asyncio.Queue[str] = asyncio.Queue()
            app.window.show_notice = messages.put_nowait  # type: ignore[method-assign, assignment]
            app.window.actions_of_window[ActionId.OPEN].trigger()
            assert await messages.get() == f"No program is set for this kind of file. It is in {tmp_path}."
            assert opened == [saved.as_uri()]
            saved.unlink()
            app.window.actions_of_window[ActionId.OPEN].trigger()
            assert await messages.get() == "Moved or deleted"
            assert shown(app, report_id) is Shown.SAVED  # until it is painted again
            await until(app, lambda: shown(app, report_id) is Shown.READY or None)

    with files(serve_whole, content=CONTENT) as server, serving(FakeService(course)) as profile:
        drive(flow(profile))


def test_link_is_renewed_copied_and_never_shown(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.window.form.generate.click()
            (report_id,) = await until(app, lambda: sent(app.store.session) or None)
            await until(app, lambda: shown(app, report_id) is Shown.READY or None)
            messages: asyncio.Queue[str] = asyncio.Queue()
            app.window.show_notice = messages.put_nowait  # type: ignore[method-assign, assignment]
            app.window.actions_of_window[ActionId.COPY_LINK].trigger()
            said = await messages.get()
            assert said.startswith("Link copied. It works for ")
            assert QGuiApplication.clipboard().text().startswith("https://files.example/")

    with serving(FakeService()) as profile:
        drive(flow(profile))


@pytest.mark.parametrize("pauses", [False, True])
def test_download_is_given_up_by_cancel(drive: Drive, tmp_path: Path, *, pauses: bool) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            actions = app.window.actions_of_window
            await until(app, lambda: app.window.form.definition)
            app.window.intended.emit(ChooseFolder(tmp_path))
            app.window.form.generate.click()
            (report_id,) = await until(app, lambda: sent(app.store.session) or None)
            await until(app, lambda: shown(app, report_id) is Shown.READY or None)
            actions[ActionId.SAVE_IN].trigger()
            await until(app, lambda: shown(app, report_id) is Shown.SAVING or None)
            if pauses:
                actions[ActionId.PAUSE].trigger()
                await until(app, lambda: (app.window.view and app.window.view.selected[0].is_paused) or None)
            actions[ActionId.CANCEL].trigger()
            await until(app, lambda: shown(app, report_id) is Shown.READY or None)
            assert is_empty(tmp_path)
            assert actions[ActionId.SAVE_IN].isEnabled()

    with files(hang) as server, serving(FakeService(partial(ready_at, server.url))) as profile:
        drive(flow(profile))


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def ready_at(url: str, request: GenerateReport) -> Iterator[Any]:
    yield finished(str(request.report_id), CONTENT, url)


def test_same_report_is_made_again_under_another_id(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            await until(app, lambda: app.window.form.definition)
            app.window.intended.emit(Generate(GenerateReport(definition="sample", parameters={"delay": 7})))
            await until(app, partial(has_answered, app, 1))
            await until(app, lambda: app.window.actions_of_window[ActionId.AGAIN].isEnabled() or None)
            app.window.actions_of_window[ActionId.AGAIN].trigger()
            first, second = await until(app, lambda: ids if len(ids := sent(app.store.session)) == 2 else None)
            assert first != second
            asked = [app.store.session.entries[each].request for each in (first, second)]
            assert asked[0] is not None
            assert asked[1] is not None
            assert asked[0].definition == asked[1].definition
            assert asked[1].parameters == {"delay": 7}
            assert app.window.reports.table.selected_ids() == [second]

    with serving(FakeService(echo)) as profile:
        drive(flow(profile))


def test_report_to_be_edited_fills_the_form(drive: Drive) -> None:
    async def flow(profile: Profile) -> None:
        async with window(profile) as app:
            definition = await until(app, lambda: app.window.form.definition)
            app.window.intended.emit(Generate(GenerateReport(definition=definition.id, parameters={"delay": 7})))
            await until(app, partial(has_answered, app, 1))
            await until(app, lambda: app.window.actions_of_window[ActionId.EDIT_AND_RUN].isEnabled() or None)
            app.window.actions_of_window[ActionId.EDIT_AND_RUN].trigger()
            assert app.window.form.page is not None
            assert app.window.form.page.values()["delay"] == 7

    with serving(FakeService(echo)) as profile:
        drive(flow(profile))


def test_reports_of_another_service_are_not_offered_while_this_one_is_asked(drive: Drive) -> None:
    async def flow(before: Profile, now: Profile) -> None:
        async with window(before) as app:
            await until(app, lambda: app.window.form.definition)
            app.stop()
            after = App(app.window)
            serving = asyncio.create_task(after.serve(now))
            await until(after, lambda: isinstance(after.store.session.connection, Connected) or None)
            assert app.window.form.definition is None
            after.stop()
            await serving

    with serving(FakeService()) as before, serving(FakeService(mute=(DescribeCatalog,))) as now:
        drive(flow(before, now))
