"""The window, put together: Qt, the asyncio loop, the store, the client, the downloads.

window command ──▶ **run** ──▶ `MainWindow` ── `Intent` ──▶ store ──▶ client
                  store, at most 30 times a second ──▶ `present` ──▶ `MainWindow`
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_never

from msgspec.structs import replace
from PySide6.QtCore import QStandardPaths, QTimer, QUrl, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from backend.protocol.messages import GenerateReport
from desktop.browser import open_address, say_without_addresses
from desktop.files.downloads import Downloads
from desktop.files.previews import Previews
from desktop.files.transfer import TransferFailed
from desktop.local_service import LocalService
from desktop.outside.signals import Asked, at_signals
from desktop.session.connection_status import Connection
from desktop.session.events import CancelAsked, ConnectionChanged, RemoveAsked, ServiceEnded, Submitted
from desktop.session.state import Session
from desktop.session.store import Store
from desktop.session.unanswered import Unanswered
from desktop.sign_in.profiles import Profile, Transport, with_transport
from desktop.sign_in.sigv4 import Signer
from desktop.transport.client import Client
from desktop.transport.opening import Ways
from desktop.transport.remembered import of_this_user
from desktop.widgets.intents import (
    Cancel,
    Choose,
    Close,
    CopyLink,
    Generate,
    Intent,
    LoadPreview,
    OpenLink,
    Remove,
    Retry,
    SaveFile,
    ShowFolder,
)
from desktop.widgets.main_window import MainWindow
from desktop.widgets.theme.dress import look
from desktop.wording.closing import say_what_is_lost
from desktop.wording.window import Desk, WindowView, present

log = logging.getLogger(__name__)

REPAINT_MS = 33
CLOCK_MS = 1000


def run(profile: Profile | None, ended: Asked, transport: Transport | None = None) -> int:
    """Show the window until it is closed; without a profile, against a local backend of its own.

    `ended` tells whether the program was asked to end before there was a window, `transport` how a local backend is to
    be reached.
    """
    qt = QApplication.instance() or QApplication(["reportwire"])
    if not isinstance(qt, QApplication):
        raise TypeError("Qt runs without widgets here")
    qt.setApplicationName("Reportwire")
    qt.setQuitOnLastWindowClosed(False)
    look().wear()
    qInstallMessageHandler(say_without_addresses)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        runner.run(_main(profile, ended, transport))
    return 0


async def _main(profile: Profile | None, ended: Asked, transport: Transport | None) -> None:
    app = App(MainWindow(), transport)
    at_signals(lambda: app.window.intended.emit(Close(is_sure=True)))
    if ended.is_asked:
        return
    app.window.show()
    if profile:
        app.remember(profile)
    await app.serve(profile)


class App:
    """The window with its store, client and downloads."""

    def __init__(self, window: MainWindow, transport: Transport | None = None) -> None:
        self.window = window
        self._transport = transport
        self.store = Store()
        self.downloads = Downloads(self.store, self._plan_repaint)
        self.previews = Previews(self.downloads.fresh_link, self._plan_repaint)
        self._chosen: str | None = None
        self._view: WindowView | None = None
        self._closed = asyncio.Event()
        self._is_local = False
        self._local = LocalService(self._talk, self._tell, lambda: self.store.dispatch(ServiceEnded()))
        self._client: Client | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._cancels: set[str] = set()
        """Reports that an earlier run was to cancel, and that are not yet known."""
        self._loop = asyncio.get_running_loop()
        self._repaint = QTimer(window, interval=REPAINT_MS, singleShot=True)
        self._clock = QTimer(window, interval=CLOCK_MS)
        self._connect()

    async def serve(self, profile: Profile | None) -> None:
        """Talk to the service until the window is closed; then end everything, half-done downloads too."""
        self._is_local = profile is None
        self._paint()
        self._clock.start()
        service = self._loop.create_task(self._talk(profile) if profile else self._local.run())
        closed = self._loop.create_task(self._closed.wait())
        try:
            await asyncio.wait({service, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._clock.stop()
            self.window.hide()
            tasks = {service, closed, *self._tasks}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if service.done() and not service.cancelled():
            service.result()

    def _connect(self) -> None:
        self.window.intended.connect(self._heed)
        self.store.listen(self._plan_repaint)
        self._repaint.timeout.connect(self._paint)
        self._clock.timeout.connect(self._paint)

    def _heed(self, intent: Intent) -> None:  # noqa: C901  one case for each intent
        """Carry out an intent."""
        match intent:
            case Generate(request):
                self._submit(request)
            case Choose(report_id):
                self._choose(report_id)
            case LoadPreview(report_id):
                self._spawn(self.previews.load(report_id))
            case Cancel(report_id):
                self.store.dispatch(CancelAsked(report_id))
            case Remove(report_id):
                self.store.dispatch(RemoveAsked(report_id))
            case CopyLink(report_id):
                self._spawn(self._copy_link(report_id))
            case OpenLink(report_id):
                self._spawn(self._open_link(report_id))
            case SaveFile(report_id, path):
                self._spawn(self._download(report_id, path))
            case ShowFolder(path):
                _show_folder(path)
            case Retry():
                self._retry_now()
            case Close(is_sure):
                self._close(is_sure=is_sure)
            case _:
                assert_never(intent)

    def _plan_repaint(self, _news: object) -> None:
        if not self._repaint.isActive():
            self._repaint.start()

    def _paint(self) -> None:
        desk = Desk(
            session=self.store.session,
            downloads=self.downloads.all,
            previews=self.previews.all,
            chosen=self._chosen,
        )
        self._view = present(desk, time.monotonic(), datetime.now(UTC).astimezone(), self._view)
        self.window.show_view(self._view)

    def _choose(self, report_id: str) -> None:
        self._chosen = report_id
        self._paint()

    def _submit(self, request: GenerateReport) -> None:
        self._chosen = str(uuid.uuid4())
        request = replace(request, report_id=self._chosen)
        self.store.dispatch(Submitted(request, time.monotonic(), asked_at=datetime.now(UTC)))

    def _close(self, *, is_sure: bool) -> None:
        """Close the window, unless reports would be lost that nobody knows of: a local backend ends with it."""
        lost = say_what_is_lost(self.store.session) if self._is_local else ""
        if lost and not is_sure:
            self.window.confirm_close(lost)
        else:
            self._closed.set()

    def _retry_now(self) -> None:
        self._local.retry_now()
        if self._client:
            self._client.retry_now()

    def remember(self, profile: Profile) -> None:
        """Ask again for what an earlier run left unanswered, and keep what this one does."""
        unanswered = Unanswered(_data_path(), profile.endpoint)
        waiting = unanswered.load()
        for asked in waiting:
            if asked.request:
                self.store.dispatch(Submitted(asked.request, time.monotonic(), asked.is_sent, asked.asked_at))
        self._cancels = {asked.report_id for asked in waiting if asked.is_cancelled}
        self.store.listen(self._cancel_again)
        self._cancel_again(self.store.session)
        self.store.listen(unanswered.keep)

    def _cancel_again(self, session: Session) -> None:
        """Ask for the cancels of an earlier run as soon as their reports are known."""
        for report_id in self._cancels & session.entries.keys():
            self._cancels.discard(report_id)
            self.store.dispatch(CancelAsked(report_id))

    def _tell(self, connection: Connection) -> None:
        self.store.dispatch(ConnectionChanged(connection, time.monotonic()))

    async def _talk(self, profile: Profile) -> None:
        ways = Ways(remembered=of_this_user())
        profile = with_transport(profile, self._transport)
        self._client = Client(profile, Signer(profile), self.store.dispatch, ways=ways)
        self.store.connect(self._client.send)
        try:
            await self._client.run()
        finally:
            self._client = None

    async def _copy_link(self, report_id: str) -> None:
        link = await self.downloads.fresh_link(report_id)
        QGuiApplication.clipboard().setText(link.url)
        self.window.show_notice(f"Link copied. It works until {link.expires_at.astimezone():%H:%M}.")

    async def _open_link(self, report_id: str) -> None:
        link = await self.downloads.fresh_link(report_id)
        if not await open_address(link.url):
            self.window.show_notice("No browser could be started here. Copy the link, or save the file.")

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


def _data_path() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "unanswered.db"


def _show_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
