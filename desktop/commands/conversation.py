"""A session without a window.

cli ──▶ **Headless** ──▶ store, client ──▶ the answer waited for, or why it will not come
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from desktop.session.connection_status import CertificateRefused, Connected, Connection, SignInNeeded, Waiting
from desktop.session.step import Session
from desktop.session.store import Store
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from desktop.transport.client import Client

PATIENCE_S = 60.0
"""How long the command line goes without a connection; a window waits for ever."""

T = TypeVar("T")


class Unreachable(Exception):
    """There is no connection; the sentence says why."""


class Headless:
    """A store whose client runs, for a command that waits for one thing after another."""

    def __init__(self, store: Store, clock: Callable[[], float], running: asyncio.Task[None]) -> None:
        self.store = store
        self._clock = clock
        self._running = running
        self._connected_at = clock()

    async def until(self, pick: Callable[[Session], T | None]) -> T:
        """Return what `pick` finds in the session as soon as it finds something.

        Raises:
            Unreachable: The service refuses the sign-in, has a bad certificate, or was out of reach for a minute.
        """
        changed = asyncio.Event()
        stop = self.store.listen(lambda _: changed.set())
        try:
            while (found := pick(self.store.session)) is None:
                self._check(self.store.session.connection)
                if self._running.done():
                    self._running.result()
                changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):  # `wait_for` may swallow a Ctrl-C that comes with an event
                        await changed.wait()
        finally:
            stop()
        return found

    def _check(self, connection: Connection) -> None:
        match connection:
            case SignInNeeded(reason) | CertificateRefused(reason):
                raise Unreachable(reason)
            case Connected():
                self._connected_at = self._clock()
            case Waiting(reason=reason) if self._clock() - self._connected_at > PATIENCE_S:
                raise Unreachable(reason)


@asynccontextmanager
async def headless(profile: Profile) -> AsyncIterator[Headless]:
    """Run a client for as long as the block lasts."""
    store = Store()
    client = Client(profile, Signer(profile), store.dispatch)
    store.connect(client.send)
    running = asyncio.create_task(client.run())
    try:
        yield Headless(store, time.monotonic, running)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
