"""An analyst at work without a window: the real store and client, and all that was shown meanwhile.

test ──▶ **Desk** ──▶ store, client ──▶ gateway
"""

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec.structs import replace

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import GenerateReport, PongMessage, ReportMessage, Snapshot
from desktop.session.connection_status import Connected, Connection
from desktop.session.events import CancelAsked, Event, Received, Submitted
from desktop.session.state import Entry, Session
from desktop.session.store import Store
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from desktop.transport.backoff import Uniform
from desktop.transport.client import Client
from desktop.transport.timing import Timing

T = TypeVar("T")

QUICK = Timing(close_timeout=0.2, recheck=0.3, beat=0.05)


def hurried(factor: float) -> Callable[[], float]:
    """Return a clock that runs so many times as fast."""
    return lambda: time.monotonic() * factor


@dataclass
class Desk:
    store: Store
    clock: Callable[[], float]
    shown: list[Connection] = field(default_factory=list)
    """The states of the connection, each once until it changes."""
    revisions: list[tuple[str, int]] = field(default_factory=list)
    """Every revision of a report the analyst saw, in order."""
    states: list[State] = field(default_factory=list)
    """The states of reports the analyst saw, in order."""
    pongs: int = 0
    news: int = 0
    """How many snapshots came as pushes or answers of their own."""

    def note(self, session: Session) -> None:
        if not self.shown or self.shown[-1] != session.connection:
            self.shown.append(session.connection)
        self.states += [state for state in map(_state, session.entries.values()) if state and state not in self.states]
        seen = {(e.report_id, e.snapshot.revision) for e in session.entries.values() if e.snapshot}
        self.revisions += sorted(seen - set(self.revisions[-len(seen) - 1 :]))

    def hear(self, event: Event) -> None:
        if isinstance(event, Received) and isinstance(event.message, PongMessage):
            self.pongs += 1
        self.store.dispatch(event)
        if isinstance(event, Received) and isinstance(event.message, ReportMessage):
            self.news += 1

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def generate(
        self, delay_ms: int = 0, rows: int = 10, report_id: str | None = None, format_: str | None = None
    ) -> str:
        report_id = report_id or self.new_id()
        parameters = {"delay": delay_ms, "amountOfRows": rows}
        request = GenerateReport(report_id=report_id, definition="sample", parameters=parameters, format=format_)
        self.store.dispatch(Submitted(request, self.clock()))
        return report_id

    def cancel(self, report_id: str) -> None:
        self.store.dispatch(CancelAsked(report_id))

    async def until(self, pick: Callable[[Session], T | None]) -> T:
        """Return what `pick` finds in the session as soon as it finds something."""
        changed = asyncio.Event()
        stop = self.store.listen(lambda _: changed.set())
        try:
            while (found := pick(self.store.session)) is None:
                changed.clear()
                await changed.wait()
        finally:
            stop()
        return found

    async def until_news(self, count: int) -> None:
        """Return once so many more snapshots came."""
        goal = self.news + count
        await self.until(lambda _: self.news >= goal or None)

    async def until_shown(self, kind: type[T]) -> T:
        """Return the state of the connection, once it is of a kind."""
        return await self.until(lambda s: s.connection if isinstance(s.connection, kind) else None)

    async def until_connected(self) -> None:
        await self.until_shown(Connected)

    async def until_in(self, report_id: str, state: str, stage: str | None = None) -> Snapshot:
        """Return the report's snapshot once it is in the state, and in the stage."""

        def pick(session: Session) -> Snapshot | None:
            snapshot = session.entries[report_id].snapshot
            if snapshot is None or snapshot.state != state:
                assert snapshot is None or not is_terminal(snapshot.state), snapshot
                return None
            return snapshot if stage in {None, snapshot.progress and snapshot.progress.stage} else None

        return await self.until(pick)

    async def until_ended(self, report_id: str) -> Snapshot:
        """Return the report's last snapshot."""

        def pick(session: Session) -> Snapshot | None:
            entry = session.entries[report_id]
            assert entry.refusal is None, entry.refusal
            return None if entry.is_open else entry.snapshot

        return await self.until(pick)


def _state(entry: Entry) -> State | None:
    return entry.snapshot.state if entry.snapshot else None


@asynccontextmanager
async def at_desk(
    profile: Profile,
    timing: Timing = QUICK,
    clock: Callable[[], float] = time.monotonic,
    uniform: Uniform = random.uniform,
) -> AsyncIterator[Desk]:
    """Work over the WebSocket alone: a fault of the edge is not to be taken for a network that does not bear it."""
    profile = replace(profile, transport="websocket")
    desk = Desk(Store(), clock)
    client = Client(profile, Signer(profile), desk.hear, timing=timing, clock=clock, uniform=uniform)
    desk.store.connect(client.send)
    desk.store.listen(desk.note)
    running = asyncio.create_task(client.run())
    try:
        yield desk
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
