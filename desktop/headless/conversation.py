"""A session without a window, for whoever waits for one thing after another.

commands, notebook ──▶ **headless** ──▶ store, client ──▶ the answer waited for, or why it will not come
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from backend.protocol.messages import DefinitionInfo, Snapshot
from desktop.headless.errors import NotConnected, Refused, ReportCancelled
from desktop.headless.judgement import Judgement
from desktop.outside.patience import OUT_OF_REACH_S
from desktop.session.connection_status import SignInNeeded
from desktop.session.events import Event, Received
from desktop.session.state import Session
from desktop.session.store import Store
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.profiles import Profile
from desktop.sign_in.signers import signer_of
from desktop.transport.client import Client
from desktop.transport.opening import Ways
from desktop.transport.remembered import of_this_user
from desktop.transport.signing import Signer

LOG_IN = "Sign in first: reportwire login"
LOOK_S = 0.25
"""How often to look whether it is time to give up."""

T = TypeVar("T")


class Headless:
    """A store whose client runs."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        running: asyncio.Task[None],
        judgement: Judgement,
        advice: str = "",
    ) -> None:
        """`advice` is what helps where a sign-in is needed."""
        self.store = store
        self._clock = clock
        self._running = running
        self._judgement = judgement
        self._advice = advice

    def hurry(self) -> None:
        """Wait no longer than it takes to hear from a service that is there."""
        self._judgement.hurry(self._clock())

    async def until(self, pick: Callable[[Session], T | None]) -> T:
        """Return what `pick` finds in the session as soon as it finds something.

        Raises:
            NotConnected: The service refuses the sign-in, has a bad certificate, is out of reach or does not answer.
            ReportCancelled: Somebody was in a hurry, and nothing came.
        """
        changed = asyncio.Event()
        stop = self.store.listen(lambda _: changed.set())
        try:
            while (found := pick(self.store.session)) is None:
                if self._running.done():
                    self._running.result()
                self._check()
                changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):  # `wait_for` may swallow a Ctrl-C that comes with an event
                        await changed.wait()
        finally:
            stop()
        return found

    def _check(self) -> None:
        now = self._clock()
        connection = self.store.session.connection
        if fault := self._judgement.fault(connection, now):
            needs_sign_in = isinstance(connection, SignInNeeded)
            raise NotConnected(f"{fault} {self._advice}".rstrip() if needs_sign_in else fault)
        if self._judgement.is_left(now):
            raise ReportCancelled("Stopped. The service does not answer; the report may go on.")


@asynccontextmanager
async def headless(
    profile: Profile, *, out_of_reach_s: float = OUT_OF_REACH_S, signer: Signer | None = None
) -> AsyncIterator[Headless]:
    """Run a client for as long as the block lasts."""
    store, judgement = Store(), Judgement(time.monotonic(), out_of_reach_s=out_of_reach_s)

    def dispatch(event: Event) -> None:
        if isinstance(event, Received):
            judgement.hear(event.message, event.at)
        store.dispatch(event)

    client = Client(profile, signer or signer_of(profile), dispatch, ways=Ways(remembered=of_this_user()))
    store.connect(client.send)
    running = asyncio.create_task(client.run())
    try:
        yield Headless(store, time.monotonic, running, judgement, _advice(profile))
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _advice(profile: Profile) -> str:
    return LOG_IN if isinstance(profile.auth, OidcAuth) else ""


def catalog_of(known: Session) -> Sequence[DefinitionInfo] | None:
    """Return the catalog once it is known. Raises `Refused` where the service refused it."""
    return answer_of(known, known.catalog)


def listed(known: Session) -> Sequence[Snapshot] | None:
    """Return all reports of the caller, newest first, once they are known. Raises `Refused` where that was refused."""
    if answer_of(known, known if known.is_listed else None) is None:
        return None
    snapshots = [entry.snapshot for entry in known.entries.values() if entry.snapshot]
    return sorted(snapshots, key=lambda snapshot: snapshot.created_at, reverse=True)


def answer_of(known: Session, answer: T | None) -> T | None:
    """Return the answer; raise `Refused` where the service refused to give one, instead of waiting for ever."""
    if answer is None and known.notice:
        raise Refused(known.notice)
    return answer
