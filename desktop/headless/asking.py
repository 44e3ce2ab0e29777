"""One report on a loop and a thread of its own, for a caller that has no loop, or is inside of one.

notebook ──▶ **Asking.wait** ──▶ follow, save, in the thread          snapshots ──▶ `show`, in the caller's thread
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from backend.protocol.messages import GenerateReport, Snapshot
from desktop.headless.conversation import Headless, headless
from desktop.headless.report import cancel, check_success, follow, save
from desktop.outside.patience import LEAVING_S
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile

LOOK_S = 0.25
"""How long Ctrl-C may have to wait on Windows, where it does not end the wait for a queue."""

Show = Callable[[Snapshot], object]
"""Called with each new snapshot of the report, the last one too."""


class Asking:
    """A report to ask for, whose file is saved as `path`. Waited for once."""

    def __init__(self, profile: Profile, request: GenerateReport, path: Path) -> None:
        self._profile = profile
        self._request = request
        self._path = path
        self._news: queue.SimpleQueue[Snapshot | None] = queue.SimpleQueue()
        """Ends with None."""
        self._followed: Headless | None = None
        self._is_left = False
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._ask())
        self._thread = threading.Thread(target=self._run, name="report", daemon=True)

    def wait(self, show: Show) -> None:
        """Wait until the file is saved. Whatever is raised here, as by Ctrl-C or `show`, cancels the report first.

        Raises:
            ReportError: There is no report, or its file could not be saved.
        """
        try:
            self._thread.start()
            self._hear(show)
        except BaseException:
            self._cancel()
            raise
        self._task.result()

    def _cancel(self) -> None:
        """Wait until the report is cancelled, or something is raised once more."""
        self._call(self._leave)
        try:
            self._hear(lambda _: None)
        except BaseException:
            self._call(self._task.cancel)
            self._thread.join(LEAVING_S)
            raise

    def _hear(self, show: Show) -> None:
        while True:
            try:
                news = self._news.get(timeout=LOOK_S)
            except queue.Empty:
                if self._thread.is_alive():
                    continue
                return
            if news is None:
                return
            show(news)

    def _call(self, action: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(action)

    # --- in the thread ---

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._end())
        finally:
            self._news.put(None)

    async def _end(self) -> None:
        """Wait for the task, and look at how it ended: asyncio logs errors that nobody looks at."""
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.exception()

    async def _ask(self) -> None:
        async with headless(self._profile) as session:
            snapshot = await self._follow(session)
            if self._is_left:  # the report may have ended before the cancel
                return
            check_success(snapshot)
            await save(session, snapshot.report_id, self._path)

    async def _follow(self, session: Headless) -> Snapshot:
        stop = session.store.listen(self._tell())
        self._followed = session
        try:
            return await follow(session, self._request)
        finally:
            self._followed = None
            stop()

    def _tell(self) -> Callable[[Session], None]:
        """Return a listener that passes on each snapshot once."""
        told: Snapshot | None = None

        def tell(known: Session) -> None:
            nonlocal told
            entry = known.entries.get(str(self._request.report_id))
            if entry and entry.snapshot and entry.snapshot is not told:
                told = entry.snapshot
                self._news.put(told)

        return tell

    def _leave(self) -> None:
        """Cancel the report while it is made, and after that the download."""
        self._is_left = True
        if self._followed:
            cancel(self._followed, str(self._request.report_id))
        else:
            self._task.cancel()
