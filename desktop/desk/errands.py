"""Errands for the analyst that take a while: files saved and opened, links copied; what goes wrong is a sentence.

app ── report, path ──▶ **Errands** ──▶ downloads, the system's programs; sentences ──▶ status bar
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

from desktop.files.download import DownloadState
from desktop.files.downloads import Downloads
from desktop.files.transfer import TransferFailed
from desktop.outside.threads import in_thread
from desktop.wording.language import tr

log = logging.getLogger(__name__)

Say = Callable[[str], None]
"""Show a sentence for some seconds."""
Copy = Callable[[str, str], None]
"""Put a text on the clipboard, and say something of it."""


class Errands:
    """The errands that are under way, as tasks of the running loop."""

    def __init__(self, downloads: Downloads, say: Say, copy: Copy) -> None:
        self._downloads, self._say, self._copy = downloads, say, copy
        self.tasks: set[asyncio.Task[None]] = set()
        self._look: asyncio.Task[None] | None = None

    def begin(self, errand: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Go on an errand."""
        task = asyncio.get_running_loop().create_task(self._tell_failure(errand))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def copy_link(self, report_id: str) -> None:
        """Copy a link that works for a while yet."""
        self.begin(self._copy_link(report_id))

    def save(self, report_id: str, path: Path, done: Callable[[Path], None]) -> None:
        """Save a report's file as `path`; `done` is called with it at the end, whichever that is."""
        self.begin(self._save(report_id, path, done))

    def open(self, report_id: str, path: Path, opening: Coroutine[None, None, str]) -> None:
        """Open a saved file, or its folder, unless it is there no more."""
        self.begin(self._open(report_id, path, opening))

    def look_for_files(self) -> None:
        """See which of the saved files are there no more; one look at a time, as a disk may be far away or asleep."""
        if self._look is None or self._look.done():
            self._look = self.begin(self._look_for_files())

    def say_outcome(self, action: Coroutine[None, None, str]) -> None:
        """Do something, and show the sentence that it returns, if any."""
        self.begin(self._say_outcome(action))

    async def _copy_link(self, report_id: str) -> None:
        link = await self._downloads.fresh_link(report_id)
        minutes = max(1, int((link.expires_at - datetime.now(UTC)).total_seconds() // 60))
        self._copy(link.url, tr("Link copied. It works for {minutes} min.", minutes=minutes))

    async def _save(self, report_id: str, path: Path, done: Callable[[Path], None]) -> None:
        try:
            download = await self._downloads.save(report_id, path)
        finally:
            done(path)
        if download.state is DownloadState.STOPPED:
            self._say(tr("Stopped saving {file}.", file=path.name))
        else:
            saved = tr("Saved {file} in {folder}.", file=path.name, folder=path.parent)
            self._say(tr(download.error) if download.error else saved)

    async def _open(self, report_id: str, path: Path, opening: Coroutine[None, None, str]) -> None:
        try:
            if await in_thread(lambda: _is_gone(path), "saved file"):
                self._downloads.lose(report_id)
                self._say(tr("Moved or deleted"))
            else:
                await self._say_outcome(opening)
        finally:
            opening.close()

    async def _look_for_files(self) -> None:
        saved = {id_: path for id_, each in self._downloads.all.items() if (path := each.saved_path)}
        for report_id in await in_thread(lambda: [id_ for id_, path in saved.items() if _is_gone(path)], "saved files"):
            if self._downloads.all[report_id].saved_path == saved[report_id]:
                self._downloads.lose(report_id)

    async def _say_outcome(self, action: Coroutine[None, None, str]) -> None:
        if sentence := await action:
            self._say(sentence)

    async def _tell_failure(self, errand: Coroutine[None, None, None]) -> None:
        try:
            await errand
        except TransferFailed as error:
            self._say(str(error))
        except Exception:  # one errand that fails must not take the window with it
            log.exception("an errand failed")
            self._say(tr("That did not work."))


def _is_gone(path: Path) -> bool:
    """Return whether a file is surely there no more: a disk that does not answer has not lost it."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
