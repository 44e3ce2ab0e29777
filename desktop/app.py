"""The window at work with one service: the store, the client, the downloads.

`MainWindow` ── `Intent` ──▶ **App** ──▶ store ──▶ client
store, at most 30 times a second ──▶ `present` ──▶ `MainWindow`
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtGui import QGuiApplication

from backend.protocol.messages import GenerateReport
from desktop.desk.earlier_run import forget, resume
from desktop.desk.errands import Errands
from desktop.desk.form_sets import FormSets
from desktop.desk.home import Home
from desktop.desk.memory import Memory
from desktop.desk.opening import open_file, show_folder
from desktop.desk.reversible import Reversible
from desktop.desk.saving import Saving
from desktop.doctor.details import details
from desktop.files.downloads import Downloads
from desktop.files.previews import Previews
from desktop.keeping.parameter_sets import LOCAL, connection_of
from desktop.keeping.settings import Settings
from desktop.local_service import LocalService
from desktop.painting import Painting
from desktop.session.connection_status import Connection
from desktop.session.events import CancelAsked, ConnectionChanged, RemoveAsked, ServiceEnded, Submitted
from desktop.session.sign_in_status import SignInStatus
from desktop.session.store import Store
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.profiles import Profile, Transport, with_transport
from desktop.sign_in.signers import sign_in_of, signer_of
from desktop.transport.client import Client
from desktop.transport.opening import Ways
from desktop.transport.remembered import of_this_user
from desktop.widgets import intents
from desktop.widgets.intents import Close, Intent
from desktop.widgets.main_window import MainWindow
from desktop.wording.dialogs.leaving import leaving_with
from desktop.wording.dialogs.quitting import QuitText, say_quit, say_switch
from desktop.wording.language import tr
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.window import choose, now_here, rearrange

if TYPE_CHECKING:
    from desktop.desk.browser_sign_in import BrowserSignIn, Screen

KEEP_MS = 1000
"""What is to be kept is written so long after it changed."""


class App:
    """A window and a service, until the window is closed or another service is wanted.

    Args:
        window: Shows what is known.
        transport: How a local backend is to be reached.
        home: Has what was kept.
        tell_profile: Called as soon as `profile` is known, which takes a moment for a local backend, and when it is
            another person who signs in to it.
        start_again: Called when somebody else may be signed in: nothing of the last one is to stay in the window.
    """

    def __init__(
        self,
        window: MainWindow,
        transport: Transport | None = None,
        home: Home | None = None,
        tell_profile: Callable[[], None] = lambda: None,
        start_again: Callable[[], None] = lambda: None,
    ) -> None:
        self.window = window
        self._tell_profile = tell_profile
        self._start_again = start_again
        self._transport = transport
        self._home = home or Home()
        self._loop = asyncio.get_running_loop()
        self.store = Store()
        self.painting = Painting(window, self._save_what_is_wanted)
        self.downloads = Downloads(self.store, self.painting.plan)
        self.previews = Previews(self.downloads.fresh_link, self.painting.plan)
        self._errands = Errands(self.downloads, self.say, self._copy)
        self.reversible = Reversible(
            lambda report_id: self.store.dispatch(CancelAsked(report_id)),
            lambda report_id: self.store.dispatch(RemoveAsked(report_id)),
            self.painting.paint,
            now=now_here,
            call_later=self._loop.call_later,
        )
        self.saving = Saving(
            self._begin_saving, _files_folder(self._home.settings), self._home.settings.file_name, now_here
        )
        self.painting.notifying.is_wanted = self._home.settings.notifies
        self.painting.look_at(self.store, self.downloads, self.previews, self.reversible)
        self._memory = Memory(self._home.state, connection_of(None))
        self._closed = asyncio.Event()
        self.is_local = False
        self._local = LocalService(self._talk, self._tell, lambda: self.store.dispatch(ServiceEnded()))
        self._client: Client | None = None
        self._sign_in: BrowserSignIn | None = None
        self._sets: FormSets | None = None
        self._keeping = QTimer(window, interval=KEEP_MS, singleShot=True)
        self.profile: Profile | None = None
        """The profile of the service that is talked to, a local one too."""
        self._connect()

    async def serve(self, profile: Profile | None) -> None:
        """Talk to the service until the window is closed; then end everything, half-done downloads too."""
        self.is_local = profile is None
        self._remember_desk(connection_of(profile.endpoint if profile else None))
        self.painting.desk = replace(self.painting.desk, profile=profile.name if profile else None)
        self.painting.start()
        service = self._loop.create_task(self._talk(profile) if profile else self._local.run())
        closed = self._loop.create_task(self._closed.wait())
        try:
            await asyncio.wait({service, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._keep()
            self._disconnect()
            tasks = {service, closed, *self._errands.tasks}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if service.done() and not service.cancelled():
            service.result()

    def stop(self) -> None:
        """End the work with this service: do what is pending, lose nothing that can be kept."""
        self.reversible.settle()
        self._closed.set()

    def say_switch(self) -> QuitText | None:
        """Return what to ask before another service is talked to; None where that stops nothing."""
        self.painting.paint()  # what has ended since the last look is not lost any more
        return say_switch(leaving_with(self._rows(), is_local=self.is_local))

    def use_settings(self, settings: Settings) -> None:
        """Heed other settings from now on."""
        before, self._home = self._home.settings, replace(self._home, settings=settings)
        self.saving.pattern = settings.file_name
        self.painting.notifying.is_wanted = settings.notifies
        if settings.folder != before.folder:
            self._use_folder(_files_folder(settings))

    def show_folder(self, path: Path) -> None:
        """Show the folder of a file, or say why not."""
        self._errands.say_outcome(show_folder(path))

    def _connect(self) -> None:
        self.window.intended.connect(self._heed)
        self.window.activated.connect(self._look_around)
        self.window.form.changed.connect(self._keeping.start)
        self._keeping.timeout.connect(self._keep)

    def _disconnect(self) -> None:
        self.window.intended.disconnect(self._heed)
        self.window.activated.disconnect(self._look_around)
        self.window.form.changed.disconnect(self._keeping.start)
        self._keeping.stop()
        self.painting.stop()
        if self._sets:
            self._sets.detach()

    def _remember_desk(self, connection: str) -> None:
        """Put everything back as it was left."""
        self._memory = Memory(self._home.state, connection)
        kept = self._memory.form()
        if not kept.folder:
            kept = replace(kept, folder=str(self.saving.folder), saves_when_ready=self._home.settings.saves_when_ready)
        self._use_folder(Path(kept.folder))
        self.window.form.set_catalog(None)
        self.window.form.restore(kept)
        self.reversible.restore(self._memory.removed())
        self.saving.want(self._memory.wanted())
        for report_id, path in self._memory.saved().items():
            self.downloads.recall(report_id, path)
        if self._home.sets:
            self._sets = FormSets(self.window.form, self._home.sets, connection, self.window.show_notice)
            self._sets.attach()

    def _keep(self) -> None:
        """Keep what the next start is to know."""
        self._memory.keep_form(self.window.form.kept())
        self._memory.keep_reports(
            self.store.session, self.downloads.all.values(), self.reversible.removed, self.saving.wanted
        )

    def _use_folder(self, folder: Path) -> None:
        self.saving.folder = folder
        self.window.show_folder(folder)

    # --- intents ---

    def _heed(self, intent: Intent) -> None:  # noqa: C901, PLR0912, PLR0915  one case for each intent
        """Carry out an intent."""
        match intent:
            case intents.Generate(request, saves):
                self._submit(request, saves=saves)
            case intents.Select(report_ids, current):
                self._look_at(report_ids, current)
            case intents.Arrange(arrangement):
                self.painting.change(rearrange(self.painting.desk, arrangement, self.painting.view))
            case intents.LoadPreview(report_id):
                self._errands.begin(self.previews.load(report_id))
            case intents.Cancel(report_ids):
                self._cancel(report_ids)
            case intents.Remove(report_ids):
                self.reversible.remove(report_ids)
                words = tr("Removed {count} from the list.", count=len(report_ids))
                self.window.show_notice(words)
            case intents.Undo():
                if undone := self.reversible.undo():
                    self.window.show_notice(undone.sentence)
            case intents.BringBack():
                self.window.show_notice(self.reversible.bring_back(self.store.session.entries).sentence)
            case intents.CopyLink(report_id):
                self._errands.copy_link(report_id)
            case intents.CopyText(text, notice):
                self._copy(text, notice)
            case intents.SaveFile(report_id, path):
                self._begin_saving(report_id, path)
            case intents.SaveIn(report_ids, folder):
                self._save_in(report_ids, folder or self.saving.folder)
            case intents.SaveAs(report_ids):
                self._save_as(report_ids)
            case intents.Pause(report_ids):
                for report_id in report_ids:
                    self.downloads.pause(report_id)
            case intents.OpenFile(report_id, path):
                self._errands.open(report_id, path, open_file(path))
            case intents.ShowFolder(report_id, path):
                self._errands.open(report_id, path, show_folder(path))
            case intents.ChooseFolder(folder):
                self._use_folder(folder)
                self._keep()
            case intents.RunAgain(report_id):
                self._run_again(report_id)
            case intents.EditAndRun(report_id):
                self._edit_and_run(report_id)
            case intents.CopySupport():
                self._copy_support()
            case intents.Retry():
                self._retry_now()
            case intents.SignIn() | intents.CancelSignIn() | intents.SignOut():
                self._heed_sign_in(intent)
            case Close(is_sure):
                self._close(is_sure=is_sure)
            case _:
                assert_never(intent)

    def _submit(self, request: GenerateReport, *, saves: bool) -> None:
        report_id = str(uuid.uuid4())
        if saves:
            self.saving.want([report_id])
        request = msgspec.structs.replace(request, report_id=report_id)
        self.store.dispatch(Submitted(request, time.monotonic(), asked_at=datetime.now(UTC)))
        self._look_at(frozenset({report_id}), report_id)

    def _look_at(self, report_ids: frozenset[str], current: str | None) -> None:
        self.painting.change(choose(self.painting.desk, report_ids, current))

    def _cancel(self, report_ids: Iterable[str]) -> None:
        now, known = now_here(), [row for each in report_ids if (row := self.painting.row(each))]
        rows = [row for row in known if not row.is_on_the_way]
        for row in known:
            if row.is_on_the_way:
                self.downloads.stop(row.report_id)
        in_a_moment = [row.report_id for row in rows if row.wants_grace(now)]
        at_once = [row.report_id for row in rows if not row.wants_grace(now)]
        self.reversible.cancel(at_once, in_a_moment)

    def _save_in(self, report_ids: Iterable[str], folder: Path) -> None:
        for row in (row for each in report_ids if (row := self.painting.row(each)) and row.can_save):
            self.saving.save_in(row, folder)

    def _save_as(self, report_ids: tuple[str, ...]) -> None:
        rows = [row for each in report_ids if (row := self.painting.row(each)) and row.can_save]
        if len(rows) == 1:
            self.window.save_dialog.ask(rows[0].report_id, self.saving.name(rows[0]))
        elif rows:
            self.window.save_dialog.ask_folder_for([row.report_id for row in rows])

    def _run_again(self, report_id: str) -> None:
        entry = self.store.session.entries.get(report_id)
        asked = entry.snapshot or entry.request if entry else None
        if asked:
            request = GenerateReport(
                definition=asked.definition,
                parameters=asked.parameters,
                format=asked.format,
                format_options=asked.format_options or None,
            )
            self._submit(request, saves=self.window.form.saves_when_ready)

    def _edit_and_run(self, report_id: str) -> None:
        entry = self.store.session.entries.get(report_id)
        asked = entry.snapshot or entry.request if entry else None
        if asked:
            self.window.edit_and_run(asked.definition, asked.parameters, asked.format, asked.format_options)

    def _close(self, *, is_sure: bool) -> None:
        """Close the window, unless something would stop or be lost that the analyst may want."""
        self.painting.paint()  # what has ended since the last look is not lost any more
        text = None if is_sure else say_quit(leaving_with(self._rows(), is_local=self.is_local))
        if text is None:
            self.window.hide()
            self.stop()
        else:
            self.window.dispatch.dialogs.confirm_quit(text)

    def _rows(self) -> tuple[ReportRow, ...]:
        return tuple(self.painting.view.rows.by_id.values()) if self.painting.view else ()

    def _save_what_is_wanted(self) -> None:
        self.saving.look(self.store.session, self.painting.row)

    def _copy_support(self) -> None:
        if self.profile is None:
            self.window.show_notice(tr("The local service has not started."))
            return
        self._copy(details(self.profile, ()), tr("Details copied."))

    def _retry_now(self) -> None:
        self._local.retry_now()
        if self._client:
            self._client.retry_now()

    def _heed_sign_in(self, intent: intents.SignIn | intents.CancelSignIn | intents.SignOut) -> None:
        if self._sign_in is None:
            return
        match intent:
            case intents.SignIn():
                self._sign_in.begin()
            case intents.CancelSignIn():
                self._sign_in.cancel()
            case intents.SignOut():
                self._sign_in.end()

    def _look_around(self) -> None:
        """See what became of the saved files while the analyst was away."""
        self.painting.notifying.see()
        self._errands.look_for_files()

    # --- the service ---

    def remember(self, profile: Profile | None, *, is_another_person: bool = False) -> None:
        """Ask again for what an earlier run left unanswered, and keep what this one does; None is the local backend.

        What `is_another_person` says was left unanswered by somebody else is forgotten.
        """
        endpoint = profile.endpoint if profile else LOCAL
        if is_another_person:
            forget(_data_path(), endpoint)
        resume(self.store, _data_path(), endpoint)

    def _tell(self, connection: Connection) -> None:
        self.store.dispatch(ConnectionChanged(connection, time.monotonic()))

    async def _talk(self, profile: Profile) -> None:
        ways = Ways(remembered=of_this_user())
        self.profile = profile = with_transport(profile, self._transport)
        self._tell_profile()
        self._client = Client(profile, signer_of(profile), self.store.dispatch, ways=ways)
        self.store.connect(self._client.send)
        self._sign_in = _browser_sign_in(profile, self)
        try:
            await self._client.run()
        finally:
            self._client = None
            if self._sign_in:
                await self._sign_in.close()

    # --- what hears of the sign-in

    def show_sign_in(self, status: SignInStatus) -> None:
        """Show how it stands."""
        self.painting.desk = replace(self.painting.desk, sign_in=status)
        self.painting.plan(status)
        self._tell_profile()

    def say(self, sentence: str) -> None:
        """Show a sentence for some seconds."""
        self.window.show_notice(sentence)

    def copy(self, text: str, notice: str) -> None:
        """Put a text on the clipboard, and say so."""
        self._copy(text, notice)

    def connect_again(self) -> None:
        """Connect with what there is to sign with now."""
        if self._client:
            self._client.reconnect()

    def start_again(self) -> None:
        """Begin with an empty window."""
        self._start_again()

    def _copy(self, text: str, notice: str) -> None:
        QGuiApplication.clipboard().setText(text)
        if notice:
            self.window.show_notice(notice)

    def _begin_saving(self, report_id: str, path: Path) -> None:
        self._errands.save(report_id, path, self.saving.kept_promise)


def _browser_sign_in(profile: Profile, screen: "Screen") -> "BrowserSignIn | None":
    if not isinstance(profile.auth, OidcAuth):
        return None
    from desktop.desk.browser_sign_in import BrowserSignIn  # noqa: PLC0415  only some connections need it

    return BrowserSignIn(sign_in_of(profile.auth), screen)


def _data_path() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "unanswered.db"


def _files_folder(settings: Settings) -> Path:
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return Path(settings.folder or downloads)
