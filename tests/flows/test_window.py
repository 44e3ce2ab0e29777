"""The whole way: a click in the real window, the real client, the emulator, the file on disk."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from backend.protocol.lifecycle import State
from backend.protocol.messages import DefinitionInfo, Result
from desktop.app import App
from desktop.files.download import Download, DownloadState
from desktop.session.connection_status import Connected
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile
from desktop.widgets.form.parameter_page import ParameterPage
from desktop.widgets.intents import SaveFile
from desktop.widgets.main_window import MainWindow
from desktop.wording.reports.offers import ActionId
from desktop.wording.reports.report_row import ReportRow
from tests.flows.conftest import Inspect
from tests.flows.proxy import Cut, proxied
from tests.qt_loops import Drive

T = TypeVar("T")
ENDS = {"Ready", "Failed", "Cancelled", "Refused", "Expired"}
"""What a row says of a report that comes to nothing else."""

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore("propagateSizeHints")]


class Painted(QObject):
    """Sets an event whenever the table or the window may look different."""

    def __init__(self, window: MainWindow, painted: asyncio.Event) -> None:
        super().__init__(window)
        self._painted = painted
        for widget in (window, window.reports.table.viewport(), window.form):
            widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() in {QEvent.Type.Paint, QEvent.Type.LayoutRequest, QEvent.Type.UpdateRequest}:
            self._painted.set()
        return False

    def stop(self) -> None:
        self.deleteLater()


class Analyst:
    """Does what a person does with the window."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def page(self) -> ParameterPage:
        page = self.app.window.form.page
        assert page is not None
        return page

    def click_generate(self) -> None:
        QTest.mouseClick(self.app.window.form.generate, Qt.MouseButton.LeftButton)

    def type_parameter(self, name: str, text: str) -> None:
        editor = self.page.fields[name].editor.widget
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, text)

    def press(self, action_id: ActionId, report_id: str) -> None:
        self.app.window.reports.table.selectRow([row.report_id for row in self.rows()].index(report_id))
        self.app.window.actions_of_window[action_id].trigger()

    def rows(self) -> list[ReportRow]:
        """The rows as they are shown."""
        return list(self.app.window.reports.table.reports.rows)

    def result(self, report_id: str) -> Result:
        snapshot = self.app.store.session.entries[report_id].snapshot
        assert snapshot is not None
        assert snapshot.result is not None
        return snapshot.result

    async def until(self, pick: Callable[[Session], T | None]) -> T:
        """Wait until `pick` finds something in what is known."""
        changed = asyncio.Event()
        stop = self.app.store.listen(lambda _: changed.set())
        try:
            while (found := pick(self.app.store.session)) is None:
                changed.clear()
                await changed.wait()
        finally:
            stop()
        return found

    async def until_painted(self, pick: Callable[[], T | None]) -> T:
        """Wait until `pick` finds something in the window, which is painted a little after the session changes."""
        painted = asyncio.Event()
        watcher = Painted(self.app.window, painted)
        try:
            while (found := pick()) is None:
                painted.clear()
                await painted.wait()
        finally:
            watcher.stop()
        return found

    async def until_shown(self, report_id: str, state: str) -> ReportRow:
        def pick() -> ReportRow | None:
            shown = next((row for row in self.rows() if row.report_id == report_id), None)
            words = shown.shown.value.words if shown else ""
            if shown is None or words == state:
                return shown
            assert words not in ENDS, f"{words} instead of {state}: {shown.work.text}"
            return None

        return await self.until_painted(pick)

    async def until_connected(self) -> tuple[DefinitionInfo, ...]:
        """Wait for the form and return what can be chosen in it."""
        catalog = await self.until(lambda s: s.catalog if isinstance(s.connection, Connected) else None)
        await self.until_painted(lambda: self.app.window.form.page)
        return catalog

    async def copied_link(self, report_id: str) -> str:
        clipboard = QGuiApplication.clipboard()
        copied = asyncio.Event()
        clipboard.dataChanged.connect(copied.set)
        self.press(ActionId.COPY_LINK, report_id)
        await copied.wait()
        clipboard.dataChanged.disconnect(copied.set)
        return clipboard.text()


@asynccontextmanager
async def analyst(profile: Profile) -> AsyncIterator[Analyst]:
    app = App(MainWindow())
    app.window.show()
    serving = asyncio.create_task(app.serve(profile))
    try:
        yield Analyst(app)
    finally:
        app.window.close()
        await serving
        app.window.deleteLater()


async def generate(person: Analyst, delay: int, rows: int) -> str:
    await person.until_connected()
    return click(person, delay, rows)


def click(person: Analyst, delay: int, rows: int) -> str:
    before = set(person.app.store.session.entries)
    person.type_parameter("delay", str(delay))
    person.type_parameter("amountOfRows", str(rows))
    person.click_generate()
    (report_id,) = set(person.app.store.session.entries) - before
    return report_id


async def download(person: Analyst, report_id: str, path: Path) -> None:
    person.app.window.intended.emit(SaveFile(report_id, path))
    saved = await person.until_painted(lambda: _ended(person.app.downloads.all.get(report_id)))
    assert saved.state is DownloadState.SAVED


def _ended(download: Download | None) -> Download | None:
    return download if download and download.state is not DownloadState.ACTIVE else None


def check_file(person: Analyst, report_id: str, path: Path, rows: int) -> None:
    data = path.read_bytes()
    assert data.count(b"\r\n") == rows + 1
    assert hashlib.sha256(data).hexdigest() == person.result(report_id).sha256
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_click_leads_to_a_link_and_a_checked_file(
    profile: Profile, drive: Drive, tmp_path: Path, inspect: Inspect
) -> None:
    async def flow() -> None:
        async with analyst(profile) as person:
            started = asyncio.get_running_loop().time()
            report_id = await generate(person, 40_000, 500)
            await person.until(lambda s: (e := s.entries[report_id].snapshot) and e.progress)
            await person.until_shown(report_id, "Running")
            row = await person.until_shown(report_id, "Ready")
            assert asyncio.get_running_loop().time() - started > 40
            assert row.row_count == 500
            response = await asyncio.to_thread(httpx.get, await person.copied_link(report_id), trust_env=False)
            assert response.text.count("\r\n") == 501
            await download(person, report_id, tmp_path / "report.csv")
            check_file(person, report_id, tmp_path / "report.csv", 500)
            assert inspect.row(report_id).attempt == 1

    drive(flow())


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(Cut(b'"type":"report"', is_before=True), id="before the first answer"),
        pytest.param(Cut(b'"state":"QUEUED"'), id="while QUEUED"),
        pytest.param(Cut(b'"stage":"waiting"'), id="while RUNNING"),
        pytest.param(Cut(b'"state":"SUCCEEDED"', is_before=True), id="between finish and push"),
        pytest.param(Cut(b'"state":"SUCCEEDED"'), id="after the end"),
    ],
)
def test_killed_connection_loses_nothing(
    cut: Cut, profile: Profile, drive: Drive, tmp_path: Path, inspect: Inspect
) -> None:
    async def flow() -> None:
        async with proxied(profile.endpoint) as (endpoint, proxy):
            there = msgspec.structs.replace(profile, endpoint=endpoint)
            async with analyst(there) as person:
                await person.until_connected()
                proxy.cut = cut
                report_id = await generate(person, 1500, 20)
                await person.until_shown(report_id, "Ready")
                if not proxy.cuts:
                    await person.until(lambda s: None if isinstance(s.connection, Connected) else s)
                await person.until_connected()
                assert (proxy.cuts, proxy.connections) == (1, 2)
                snapshot = person.app.store.session.entries[report_id].snapshot
                assert snapshot is not None
                assert snapshot.link is not None
                await download(person, report_id, tmp_path / "report.csv")
                check_file(person, report_id, tmp_path / "report.csv", 20)
        assert inspect.row(report_id).attempt == 1
        assert len(inspect.files(report_id)) == 2  # the file and its preview

    drive(flow())


def test_cancel_stops_a_running_report(profile: Profile, drive: Drive, inspect: Inspect) -> None:
    async def flow() -> None:
        async with analyst(profile) as person:
            report_id = await generate(person, 60_000, 10)
            await person.until_shown(report_id, "Running")
            person.press(ActionId.CANCEL, report_id)
            await person.until_shown(report_id, "Cancelled")
            assert inspect.row(report_id).state is State.CANCELLED
            assert inspect.files(report_id) == []

    drive(flow())


def test_report_asked_for_while_offline_is_sent_on_connect(profile: Profile, drive: Drive) -> None:
    async def flow() -> None:
        async with proxied(profile.endpoint) as (endpoint, proxy):
            there = msgspec.structs.replace(profile, endpoint=endpoint)
            async with analyst(there) as person:
                await person.until_connected()
                proxy.cut_all()
                await person.until(lambda s: None if isinstance(s.connection, Connected) else s)
                report_id = click(person, 0, 10)
                await person.until_shown(report_id, "Not sent yet")
                await person.until_shown(report_id, "Ready")

    drive(flow())


def test_cancel_while_offline_is_sent_on_connect(profile: Profile, drive: Drive, inspect: Inspect) -> None:
    async def flow() -> None:
        async with proxied(profile.endpoint) as (endpoint, proxy):
            there = msgspec.structs.replace(profile, endpoint=endpoint)
            async with analyst(there) as person:
                report_id = await generate(person, 60_000, 10)
                await person.until_shown(report_id, "Running")
                proxy.cut_all()
                await person.until(lambda s: None if isinstance(s.connection, Connected) else s)
                person.press(ActionId.CANCEL, report_id)
                await person.until_shown(report_id, "Cancelling…")
                await person.until_shown(report_id, "Cancelled")
        assert inspect.row(report_id).state is State.CANCELLED

    drive(flow())


def test_restart_shows_the_reports_under_way_and_the_one_that_ended_meanwhile(
    profile: Profile, drive: Drive, inspect: Inspect
) -> None:
    async def flow() -> None:
        async with analyst(profile) as person:
            short = await generate(person, 1000, 10)
            long = [click(person, delay, 10) for delay in (5000, 6000)]
            for report_id in (short, *long):
                await person.until_shown(report_id, "Running")
        await asyncio.to_thread(inspect.until_ended, short)
        async with analyst(profile) as person:
            await person.until_connected()
            await person.until_shown(short, "Ready")
            for report_id in long:
                await person.until_shown(report_id, "Running")
            for report_id in long:
                await person.until_shown(report_id, "Ready")

    drive(flow())
