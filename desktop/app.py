"""The window at work with one service: the store, the client, the downloads.

`MainWindow` ── `Intent` ──▶ **App** ──▶ store ──▶ client
store, at most 30 times a second ──▶ `present` ──▶ `MainWindow`
"""

import asyncio
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_never

import msgspec
from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtGui import QGuiApplication

from backend.protocol.messages import GenerateReport
from desktop.desk.earlier_run import resume
from desktop.desk.errands import Errands
from desktop.desk.form_sets import FormSets
from desktop.desk.memory import Memory
from desktop.desk.opening import open_file, show_folder
from desktop.desk.reversible import Reversible
from desktop.desk.saving import Saving
from desktop.doctor.details import details
from desktop.files.downloads import Downloads
from desktop.files.previews import Previews
from desktop.keeping.parameter_sets import ParameterSets, connection_of
from desktop.keeping.settings import Settings
from desktop.keeping.window_state import WindowState
from desktop.local_service import LocalService
from desktop.session.connection_status import Connection
from desktop.session.events import CancelAsked, ConnectionChanged, RemoveAsked, ServiceEnded, Submitted
from desktop.session.store import Store
from desktop.sign_in.profiles import Profile, Transport, with_transport
from desktop.sign_in.sigv4 import Signer
from desktop.transport.client import Client
from desktop.transport.opening import Ways
from desktop.transport.remembered import of_this_user
from desktop.widgets import intents
from desktop.widgets.intents import Close, Intent
from desktop.widgets.main_window import MainWindow
from desktop.widgets.notifying import Notifying
from desktop.wording.dialogs.quitting import Leaving, say_quit
from desktop.wording.language import tr, tr_count
from desktop.wording.pane.happenings import NOTHING_HEARD, hear
from desktop.wording.reports.ended import ended_since, say_announcement
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import Shown
from desktop.wording.window import Desk, WindowView, now_here, present

REPAINT_MS = 33
CLOCK_MS, IDLE_CLOCK_MS = 1000, 15_000
"""The window looks at the clock each second while something counts, else four times a minute."""
KEEP_MS = 1000
"""What is to be kept is written so long after it changed."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where this user's choices are kept; by default nowhere."""

    state: WindowState = field(default_factory=lambda: WindowState(None))
    sets: ParameterSets | None = None
    settings: Settings = field(default_factory=Settings)


class App:
    """A window and a service, until the window is closed or another service is wanted.

    Args:
        window: Shows what is known.
        transport: How a local backend is to be reached.
        home: Has what was kept.
    """

    def __init__(self, window: MainWindow, transport: Transport | None = None, home: Home | None = None) -> None:
        self.window = window
        self._transport = transport
        self._home = home or Home()
        self._loop = asyncio.get_running_loop()
        self.store = Store()
        self.downloads = Downloads(self.store, self._plan_repaint)
        self.previews = Previews(self.downloads.fresh_link, self._plan_repaint)
        self._errands = Errands(self.downloads, self._say, self._copy)
        self.reversible = Reversible(
            lambda report_id: self.store.dispatch(CancelAsked(report_id)),
            lambda report_id: self.store.dispatch(RemoveAsked(report_id)),
            self._paint,
            now=now_here,
            call_later=self._loop.call_later,
        )
        self.saving = Saving(
            self._begin_saving, _files_folder(self._home.settings), self._home.settings.file_name, now_here
        )
        self.notifying = Notifying(window)
        self.notifying.is_wanted = self._home.settings.notifies
        self._memory = Memory(self._home.state, connection_of(None))
        self._desk = Desk(arrangement=window.sort)
        self._heard = NOTHING_HEARD
        self._view: WindowView | None = None
        self._closed = asyncio.Event()
        self.is_local = False
        self._local = LocalService(self._talk, self._tell, lambda: self.store.dispatch(ServiceEnded()))
        self._client: Client | None = None
        self._sets: FormSets | None = None
        self._repaint = QTimer(window, interval=REPAINT_MS, singleShot=True)
        self._clock = QTimer(window, interval=CLOCK_MS)
        self._keeping = QTimer(window, interval=KEEP_MS, singleShot=True)
        self.profile: Profile | None = None
        """The profile of the service that is talked to, a local one too."""
        self._connect()

    async def serve(self, profile: Profile | None) -> None:
        """Talk to the service until the window is closed; then end everything, half-done downloads too."""
        self.is_local = profile is None
        self._desk = replace(self._desk, profile=profile.name if profile else None)
        self._remember_desk(connection_of(profile.endpoint if profile else None))
        self._paint()
        self._clock.start()
        service = self._loop.create_task(self._talk(profile) if profile else self._local.run())
        closed = self._loop.create_task(self._closed.wait())
        try:
            await asyncio.wait({service, closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._clock.stop()
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

    def use_settings(self, settings: Settings) -> None:
        """Heed other settings from now on."""
        self._home = replace(self._home, settings=settings)
        self.saving.pattern = settings.file_name
        self.notifying.is_wanted = settings.notifies
        if settings.folder:
            self._use_folder(Path(settings.folder))

    def show_folder(self, path: Path) -> None:
        """Show the folder of a file, or say why not."""
        self._errands.say_outcome(show_folder(path))

    def _connect(self) -> None:
        self.window.intended.connect(self._heed)
        self.window.activated.connect(self._look_around)
        self.window.form.changed.connect(self._keeping.start)
        self.store.listen(self._plan_repaint)
        self._repaint.timeout.connect(self._paint)
        self._clock.timeout.connect(self._paint)
        self._keeping.timeout.connect(self._keep)
        self.notifying.clicked.connect(self._show_report)

    def _disconnect(self) -> None:
        self.window.intended.disconnect(self._heed)
        self.window.activated.disconnect(self._look_around)
        self.window.form.changed.disconnect(self._keeping.start)
        for timer in (self._repaint, self._clock, self._keeping):
            timer.stop()
        if self._sets:
            self._sets.detach()

    def _remember_desk(self, connection: str) -> None:
        """Put everything back as it was left."""
        self._memory = Memory(self._home.state, connection)
        kept = self._memory.form()
        if not kept.folder:
            kept = replace(kept, folder=str(self.saving.folder), saves_when_ready=self._home.settings.saves_when_ready)
        self._use_folder(Path(kept.folder))
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

    def _heed(self, intent: Intent) -> None:  # noqa: C901, PLR0912  one case for each intent
        """Carry out an intent."""
        match intent:
            case intents.Generate(request, saves):
                self._submit(request, saves=saves)
            case intents.Select(report_ids, current):
                self._change(selected=report_ids, current=current)
            case intents.Arrange(arrangement):
                self._change(arrangement=arrangement)
            case intents.LoadPreview(report_id):
                self._errands.begin(self.previews.load(report_id))
            case intents.Cancel(report_ids):
                self._cancel(report_ids)
            case intents.Remove(report_ids):
                self.reversible.remove(report_ids)
                words = tr("Removed {count} from the list.", count=len(report_ids))
                self.window.show_notice(words)
            case intents.Undo():
                self._undo()
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
            case Close(is_sure):
                self._close(is_sure=is_sure)
            case _:
                assert_never(intent)

    def _submit(self, request: GenerateReport, *, saves: bool) -> None:
        report_id = str(uuid.uuid4())
        if saves:
            self.saving.want([report_id])
        self._desk = replace(self._desk, selected=frozenset({report_id}), current=report_id)
        request = msgspec.structs.replace(request, report_id=report_id)
        self.store.dispatch(Submitted(request, time.monotonic(), asked_at=datetime.now(UTC)))
        self._paint()

    def _cancel(self, report_ids: Iterable[str]) -> None:
        now, rows = now_here(), [row for each in report_ids if (row := self._row(each))]
        in_a_moment = [row.report_id for row in rows if row.wants_grace(now)]
        at_once = [row.report_id for row in rows if not row.wants_grace(now)]
        self.reversible.cancel(at_once, in_a_moment)

    def _undo(self) -> None:
        undone = self.reversible.undo()
        if undone and undone.was_removal:
            self.window.show_notice(tr_count("Brought back 1 report.", "Brought back {count} reports.", undone.count))
        elif undone:
            self.window.show_notice(tr_count("1 report goes on.", "{count} reports go on.", undone.count))

    def _save_in(self, report_ids: Iterable[str], folder: Path) -> None:
        for row in (row for each in report_ids if (row := self._row(each)) and row.can_save):
            self.saving.save_in(row, folder)

    def _save_as(self, report_ids: tuple[str, ...]) -> None:
        rows = [row for each in report_ids if (row := self._row(each)) and row.can_save]
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
        self._paint()  # what has ended since the last look is not lost any more
        text = None if is_sure else say_quit(self._leaving())
        if text is None:
            self.window.hide()
            self.stop()
        else:
            self.window.dispatch.dialogs.confirm_quit(text)

    def _leaving(self) -> Leaving:
        rows = self._view.rows.by_id.values() if self._view else ()
        shown = [row.shown for row in rows]
        unsent = sum(shown.count(each) for each in (Shown.UNSENT, Shown.SENDING))
        return Leaving(
            under_way=sum(row.is_under_way for row in rows) - unsent,
            unsent=unsent,
            saving=shown.count(Shown.SAVING),
            ready=shown.count(Shown.READY),
            is_local=self.is_local,
        )

    def _copy_support(self) -> None:
        if self.profile is None:
            self.window.show_notice(tr("The local service has not started."))
            return
        self._copy(details(self.profile, ()), tr("Details copied."))

    def _retry_now(self) -> None:
        self._local.retry_now()
        if self._client:
            self._client.retry_now()

    # --- painting ---

    def _plan_repaint(self, _news: object) -> None:
        if not self._repaint.isActive():
            self._repaint.start()

    def _change(self, **news: object) -> None:
        self._desk = replace(self._desk, **news)  # type: ignore[arg-type]
        self._paint()

    def _paint(self) -> None:
        now, before = now_here(), self._desk
        self._desk = replace(
            before,
            session=self.store.session,
            downloads=self.downloads.all,
            previews=self.previews.all,
            stops_at=self.reversible.stops_at,
            removed=self.reversible.removed,
            can_undo=self.reversible.can_undo,
        )
        known = (before.session, before.downloads), (self._desk.session, self._desk.downloads)
        self._heard = hear(self._heard, *known, now)
        self._desk = replace(self._desk, heard=self._heard)
        view = present(self._desk, time.monotonic(), now, self._view)
        before_view, self._view = self._view, view
        self.window.show_view(view)
        self._tell_ends(before_view, view)
        self.saving.look(self.store.session, self._row)
        self._clock.setInterval(CLOCK_MS if view.is_moving else IDLE_CLOCK_MS)

    def _tell_ends(self, before: WindowView | None, view: WindowView) -> None:
        ended = ended_since(before.rows if before else None, view.rows)
        for row in ended:
            self.window.announce(say_announcement(row), is_urgent=not row.file_name)
        self.notifying.tell(ended)

    def _row(self, report_id: str) -> ReportRow | None:
        return self._view.rows.by_id.get(report_id) if self._view else None

    def _show_report(self, report_id: str) -> None:
        self.window.bring_to_front()
        self._change(selected=frozenset({report_id}), current=report_id)
        self.window.reports.table.bring_into_view(report_id)

    def _look_around(self) -> None:
        """See what became of the saved files while the analyst was away."""
        self.notifying.see()
        for report_id, download in self.downloads.all.items():
            if (row := self._row(report_id)) and row.saved_path and not download.path.exists():
                self.downloads.lose(report_id)

    # --- the service ---

    def remember(self, profile: Profile) -> None:
        """Ask again for what an earlier run left unanswered, and keep what this one does."""
        resume(self.store, _data_path(), profile.endpoint)

    def _tell(self, connection: Connection) -> None:
        self.store.dispatch(ConnectionChanged(connection, time.monotonic()))

    async def _talk(self, profile: Profile) -> None:
        ways = Ways(remembered=of_this_user())
        self.profile = profile = with_transport(profile, self._transport)
        self._client = Client(profile, Signer(profile), self.store.dispatch, ways=ways)
        self.store.connect(self._client.send)
        try:
            await self._client.run()
        finally:
            self._client = None

    def _say(self, text: str) -> None:
        self.window.show_notice(text)

    def _copy(self, text: str, notice: str) -> None:
        QGuiApplication.clipboard().setText(text)
        if notice:
            self.window.show_notice(notice)

    def _begin_saving(self, report_id: str, path: Path) -> None:
        self._errands.save(report_id, path, self.saving.kept_promise)


def _data_path() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "unanswered.db"


def _files_folder(settings: Settings) -> Path:
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return Path(settings.folder or downloads)
