"""Files on their way to disk.

window, CLI ── report id, path ──▶ **Downloads.save** ──▶ transfer ──▶ `Download` values to the listener
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import replace

from backend.protocol.messages import Link, Result, Snapshot
from desktop.files.download import Download, DownloadState
from desktop.files.transfer import NoLink, TransferFailed, fetch
from desktop.outside.patience import DOWNLOAD_S, LINK_S
from desktop.session.events import RefreshAsked
from desktop.session.state import NOT_SAFE, Session
from desktop.session.store import Store

LINK_MARGIN = timedelta(seconds=30)
"""A link with less time left than this is renewed first."""

AT_ONCE = 4
"""More would only share the same line."""

Listener = Callable[[Mapping[str, Download]], None]
"""Called with a new mapping when anything in it is new."""


class Downloads:
    """The last download of each report, by report id."""

    def __init__(
        self, store: Store, listener: Listener, *, patience_s: float = DOWNLOAD_S, link_timeout_s: float = LINK_S
    ) -> None:
        self._store = store
        self._listener = listener
        self._link_timeout_s = link_timeout_s
        self._patience_s = patience_s
        self._places = asyncio.Semaphore(AT_ONCE)
        self._gates: dict[str, asyncio.Event] = {}
        """By report: set while its download may go on."""
        self._fetches: dict[str, asyncio.Task[None]] = {}
        self.all: Mapping[str, Download] = MappingProxyType({})

    def pause(self, report_id: str) -> None:
        """Halt a download that is under way, or have one go on that is halted; any other is left alone."""
        download, gate = self.all.get(report_id), self._gates.get(report_id)
        if download is None or gate is None:
            return
        match download.state:
            case DownloadState.ACTIVE:
                gate.clear()
                self._show(replace(download, state=DownloadState.PAUSED))
            case DownloadState.PAUSED:
                self._show(replace(download, state=DownloadState.ACTIVE))
                gate.set()

    def stop(self, report_id: str) -> None:
        """Give up a download that is under way or halted, with all that has come; any other is left alone."""
        fetching = self._fetches.get(report_id)
        if fetching is not None:
            fetching.cancel()

    def recall(self, report_id: str, path: Path) -> None:
        """Show a file as saved that an earlier run saved."""
        self._show(Download(report_id, path, 0, 0, DownloadState.SAVED, is_of_earlier_run=True))

    def lose(self, report_id: str) -> None:
        """Show that the last good file is there no more."""
        download = self.all.get(report_id)
        if download is None:
            return
        if download.state is DownloadState.SAVED:
            self._show(replace(download, state=DownloadState.MISSING))
        elif download.earlier:
            self._show(replace(download, earlier=None))

    async def save(self, report_id: str, path: Path) -> Download:
        """Save a finished report's file as `path` and return how that ended. Never raises for a failed transfer.

        A good file of an earlier save stays known until this one is good too.
        """
        snapshot = self._store.session.entries[report_id].snapshot
        result = snapshot.result if snapshot else None
        if result is None:
            raise ValueError("the report has no file")
        total, before = result.size_bytes, self.all.get(report_id)
        earlier = before.saved_path if before else None
        self._show(Download(report_id, path, 0, total, DownloadState.ACTIVE, earlier=earlier))
        gate = self._gates[report_id] = asyncio.Event()
        gate.set()
        fetching = self._fetches[report_id] = asyncio.create_task(self._fetch(report_id, result, path))
        try:
            await fetching
        except asyncio.CancelledError:
            saving = asyncio.current_task()
            if saving is None or saving.cancelling():  # not this download is given up, but all is at its end
                raise
            self._show(replace(self.all[report_id], state=DownloadState.STOPPED))
        except TransferFailed as error:
            self._show(replace(self.all[report_id], state=DownloadState.FAILED, error=str(error)))
        else:
            self._show(Download(report_id, path, total, total, DownloadState.SAVED))
        finally:
            if self._gates.get(report_id) is gate:
                del self._gates[report_id], self._fetches[report_id]
        return self.all[report_id]

    async def fresh_link(self, report_id: str, *, after: datetime | None = None) -> Link:
        """Return a link that works for a while yet, asking the service for one if need be.

        Raises:
            TransferFailed: The service no longer has the report, or gave no link within a minute.
        """
        earliest = after or datetime.now(UTC) + LINK_MARGIN
        future: asyncio.Future[Link] = asyncio.get_running_loop().create_future()

        def look(session: Session) -> None:
            if future.done():
                return
            entry = session.entries.get(report_id)
            if entry is None:
                future.set_exception(TransferFailed("The report was removed from the list."))
                return
            link = entry.snapshot.link if entry.snapshot else None
            if entry.refusal:
                future.set_exception(TransferFailed(entry.refusal.message))
            elif _is_gone(entry.snapshot):
                future.set_exception(TransferFailed("The file is no longer there: it has expired."))
            elif link and link.url == NOT_SAFE:
                future.set_exception(TransferFailed("The service gave a link that is not safe to open."))
            elif link and link.expires_at > earliest:
                future.set_result(link)

        stop = self._store.listen(look)
        try:
            look(self._store.session)
            if not future.done():
                self._store.dispatch(RefreshAsked(report_id))
            async with asyncio.timeout(self._link_timeout_s):
                return await future
        except TimeoutError as error:
            raise NoLink("The service gave no link to the file.") from error
        finally:
            stop()

    async def _fetch(self, report_id: str, result: Result, path: Path) -> None:
        shown_at = 0.0
        link: Link | None = None

        def on_progress(received: int) -> None:
            nonlocal shown_at
            now = time.monotonic()
            if now - shown_at >= 0.1:  # noqa: PLR2004  ten times a second is smooth enough
                shown_at = now
                self._receive(report_id, received)

        async def gate() -> bool:
            opened = self._gates[report_id]
            if opened.is_set():
                return False
            await opened.wait()
            return True

        async def next_link(is_expired: bool) -> str:  # noqa: FBT001  `NextLink`
            nonlocal link
            link = await self.fresh_link(report_id, after=link.expires_at if link and is_expired else None)
            return link.url

        async with self._places:
            await fetch(next_link, path, result, on_progress, patience_s=self._patience_s, gate=gate)

    def _receive(self, report_id: str, received_bytes: int) -> None:
        if self.all[report_id].state is DownloadState.ACTIVE:
            self._show(replace(self.all[report_id], received_bytes=received_bytes))

    def _show(self, download: Download) -> None:
        self.all = MappingProxyType({**self.all, download.report_id: download})
        self._listener(self.all)


def _is_gone(snapshot: Snapshot | None) -> bool:
    return snapshot is not None and snapshot.result is not None and snapshot.result.expires_at <= datetime.now(UTC)
