"""A local backend for as long as a window is open, and another should it end.

app ──▶ **LocalService** ──▶ local_backend ── profile ──▶ talk
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine

from desktop.local_backend import LocalBackend, LocalBackendFailed, LocalBackendMissing
from desktop.outside.threads import in_thread
from desktop.session.connection_status import Connecting, Connection, NoService, Waiting
from desktop.sign_in.profiles import Profile

RESTART_S = 30.0
"""How long to wait before starting a local backend that failed once more."""


class LocalService:
    """Starts local backends until cancelled, and has each talked to."""

    def __init__(
        self,
        talk: Callable[[Profile], Coroutine[None, None, None]],
        tell: Callable[[Connection], None],
        tell_end: Callable[[], None],
    ) -> None:
        self._talk = talk
        self._tell = tell
        self._tell_end = tell_end
        self._retry = asyncio.Event()

    def retry_now(self) -> None:
        """Cut the present wait short."""
        self._retry.set()

    async def run(self) -> None:
        """Start one, talk until it ends, and again; where there is none, wait to be cancelled."""
        while True:
            self._tell(Connecting())
            try:
                await self._serve()
            except LocalBackendMissing:
                self._tell(NoService())
                await asyncio.Event().wait()
            except LocalBackendFailed as error:
                await self._pause(str(error))

    async def _serve(self) -> None:
        backend = LocalBackend()
        try:
            await self._talk_until_ended(backend, await in_thread(backend.ready, "local backend"))
        finally:
            backend.stop()

    async def _talk_until_ended(self, backend: LocalBackend, profile: Profile) -> None:
        talk = asyncio.create_task(self._talk(profile))
        ended = asyncio.create_task(in_thread(backend.wait, "end of the local backend"))
        try:
            await asyncio.wait({talk, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            talk.cancel()
            await asyncio.gather(talk, return_exceptions=True)
        if ended.done():
            self._tell_end()

    async def _pause(self, reason: str) -> None:
        self._retry.clear()
        self._tell(Waiting(time.monotonic() + RESTART_S, reason))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESTART_S):
                await self._retry.wait()
