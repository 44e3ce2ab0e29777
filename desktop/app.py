"""The window, put together: Qt, the asyncio loop, the store, the client, the downloads.

main ──▶ **run** ──▶ `MainWindow` ── signals ──▶ store ──▶ client
                                  store, at most 30 times a second ──▶ `MainWindow`
"""

import asyncio
import contextlib
import hashlib
import logging
import signal
import time
import uuid
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QStandardPaths, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from backend.protocol.messages import GenerateReport
from desktop.files.downloads import Downloads
from desktop.files.previews import Previews
from desktop.files.transfer import TransferFailed
from desktop.local_backend import LocalBackend, LocalBackendFailed
from desktop.session.connection_status import Connecting, Waiting
from desktop.session.events import CancelAsked, ConnectionChanged, Submitted
from desktop.session.state import Session
from desktop.session.store import Store
from desktop.session.unanswered import History
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from desktop.transport.client import Client
from desktop.widgets.main_window import MainWindow
from desktop.widgets.theme import apply_theme

log = logging.getLogger(__name__)

REPAINT_MS = 33
CLOCK_MS = 1000
RESTART_S = 30.0
"""How long to wait before starting a local backend that failed once more."""


def run(profile: Profile | None) -> int:
    """Show the window until it is closed; without a profile, against a local backend of its own."""
    qt = QApplication.instance() or QApplication(["reportwire"])
    if not isinstance(qt, QApplication):
        raise TypeError("Qt runs without widgets here")
    qt.setApplicationName("Reportwire")
    qt.setQuitOnLastWindowClosed(False)
    apply_theme(qt)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        runner.run(_main(profile))
    return 0


async def _main(profile: Profile | None) -> None:
    app = App(MainWindow())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.window.close_requested.emit())
    app.window.show()
    if profile:
        app.remember(profile)
    await app.serve(profile)


class App:
    """What belongs to one window."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.store = Store()
        self.downloads = Downloads(self.store, window.show_downloads)
        self.previews = Previews(self.downloads.fresh_link, window.show_previews)
        self._closed = asyncio.Event()
        self._retry = asyncio.Event()
        self._client: Client | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._repaint = QTimer(window, interval=REPAINT_MS, singleShot=True)
        self._clock = QTimer(window, interval=CLOCK_MS)
        self._connect()

    async def serve(self, profile: Profile | None) -> None:
        """Talk to the service until the window is closed; then end everything, half-done downloads too."""
        self._paint()
        self._clock.start()
        service = self._loop.create_task(self._talk(profile) if profile else self._talk_locally())
        closed = self._loop.create_task(self._closed.wait())
        try:
            await asyncio.wait({service, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._clock.stop()
            self.window.hide()
            self.downloads.stop()
            self.previews.stop()
            tasks = {service, closed, *self._tasks}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if service.done() and not service.cancelled():
            service.result()

    def _connect(self) -> None:
        window = self.window
        window.generate_requested.connect(self._submit)
        window.cancel_requested.connect(lambda report_id: self.store.dispatch(CancelAsked(report_id)))
        window.copy_link_requested.connect(lambda report_id: self._spawn(self._copy_link(report_id)))
        window.open_link_requested.connect(lambda report_id: self._spawn(self._open_link(report_id)))
        window.download_requested.connect(lambda report_id, path: self._spawn(self._download(report_id, path)))
        window.preview_requested.connect(lambda report_id: self._spawn(self.previews.load(report_id)))
        window.show_folder_requested.connect(_show_folder)
        window.retry_requested.connect(self._retry_now)
        window.close_requested.connect(self._closed.set)
        self.store.listen(self._plan_repaint)
        self._repaint.timeout.connect(self._paint)
        self._clock.timeout.connect(self._paint)

    def _plan_repaint(self, _session: Session) -> None:
        if not self._repaint.isActive():
            self._repaint.start()

    def _paint(self) -> None:
        self.window.show_session(self.store.session, time.monotonic(), datetime.now(UTC))

    def _submit(self, request: GenerateReport) -> None:
        report_id = str(uuid.uuid4())
        self.window.choose_report(report_id)
        self.store.dispatch(Submitted(replace(request, report_id=report_id), time.monotonic()))

    def _retry_now(self) -> None:
        self._retry.set()
        if self._client:
            self._client.retry_now()

    def remember(self, profile: Profile) -> None:
        """Ask again for what an earlier run left unanswered, and keep what this one does."""
        history = History(_history_path(profile))
        for request in history.load():
            self.store.dispatch(Submitted(request, time.monotonic()))
        self.store.listen(history.keep)

    async def _talk(self, profile: Profile) -> None:
        self._client = Client(profile, Signer(profile), self.store.dispatch)
        self.store.connect(self._client.send)
        try:
            await self._client.run()
        finally:
            self._client = None

    async def _talk_locally(self) -> None:
        """Talk to a local backend, and start another should it end."""
        while True:
            self.store.dispatch(ConnectionChanged(Connecting(), time.monotonic()))
            backend = LocalBackend()
            try:
                await self._talk_until_ended(backend, await asyncio.to_thread(backend.ready))
            except LocalBackendFailed as error:
                await self._wait_for_retry(str(error))
            finally:
                backend.stop()

    async def _talk_until_ended(self, backend: LocalBackend, profile: Profile) -> None:
        talk = self._loop.create_task(self._talk(profile))
        ended = self._loop.create_task(asyncio.to_thread(backend.wait))
        try:
            await asyncio.wait({talk, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            talk.cancel()
            await asyncio.gather(talk, return_exceptions=True)

    async def _wait_for_retry(self, reason: str) -> None:
        self._retry.clear()
        now = time.monotonic()
        self.store.dispatch(ConnectionChanged(Waiting(now + RESTART_S, reason), now))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESTART_S):
                await self._retry.wait()

    async def _copy_link(self, report_id: str) -> None:
        link = await self.downloads.fresh_link(report_id)
        QGuiApplication.clipboard().setText(link.url)
        self.window.show_notice(f"Link copied. It works until {link.expires_at.astimezone():%H:%M}.")

    async def _open_link(self, report_id: str) -> None:
        QDesktopServices.openUrl(QUrl((await self.downloads.fresh_link(report_id)).url))

    async def _download(self, report_id: str, path: Path) -> None:
        await self.downloads.save(report_id, path)

    def _spawn(self, action: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(self._tell_failure(action))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_failure(self, action: Coroutine[None, None, None]) -> None:
        try:
            await action
        except TransferFailed as error:
            self.window.show_notice(str(error))
        except Exception:  # one action that fails must not take the window with it
            log.exception("an action failed")
            self.window.show_notice("That did not work.")


def _history_path(profile: Profile) -> Path:
    """Return a file of its own for each service."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    name = hashlib.sha256(profile.endpoint.encode()).hexdigest()[:16]
    return Path(folder) / f"unanswered-{name}.json"


def _show_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
