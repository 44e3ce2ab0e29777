"""Desktops without a window: a real client and store each, and what they were told of the reports they asked for.

load ── ask, cancel, restart ──▶ **Desk** ──▶ client, store ──▶ `Asked`
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import GenerateReport
from desktop.session.connection_status import Connected
from desktop.session.events import CancelAsked, Submitted
from desktop.session.state import Entry, Session
from desktop.session.store import Store
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from desktop.transport.client import Client


@dataclass(slots=True, kw_only=True)
class Asked:
    """A report a desk asked for."""

    report_id: str
    analyst: int
    is_answered: bool = False
    is_orphan: bool = False
    """The desk was restarted before it was answered: it cannot know that there is a report."""
    refusal: str | None = None
    ended: State | None = None
    """The last state, as the desk knows it."""
    known_at: datetime | None = None
    """When the desk knew how the report ended; if it succeeded, with a link."""
    connected_at: datetime | None = None
    """When the connection was opened on which the desk was told."""

    @property
    def is_open(self) -> bool:
        """Whether the desk should still be told how it ended."""
        return self.ended is None and self.refusal is None and not self.is_orphan


@dataclass(slots=True)
class Desk:
    """One analyst's desktop."""

    profile: Profile
    analyst: int
    asked: dict[str, Asked] = field(default_factory=dict)
    connected_at: float | None = None
    """When the present connection was opened, on the monotonic clock; None without one."""
    _connected: datetime | None = None
    _open: dict[str, Asked] = field(default_factory=dict)
    _store: Store = field(default_factory=Store)
    _running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with an empty store, as a program just started."""
        self._store = Store()
        client = Client(self.profile, Signer(self.profile), self._store.dispatch)
        self._store.connect(client.send)
        self._store.listen(self._look)
        self._running = asyncio.create_task(client.run())

    async def stop(self) -> None:
        """End the client; what it waits for is forgotten with the store."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running

    async def restart(self) -> None:
        """Stop and start."""
        await self.stop()
        for asked in tuple(self._open.values()):
            if not asked.is_answered:
                asked.is_orphan = True
                del self._open[asked.report_id]
        self.start()

    @property
    def open_ids(self) -> tuple[str, ...]:
        """The reports it has not been told the end of."""
        return tuple(self._open)

    def ask(self, report_id: str, delay_ms: int, rows: int) -> None:
        """Ask for a sample report."""
        asked = Asked(report_id=report_id, analyst=self.analyst)
        self.asked[report_id] = self._open[report_id] = asked
        parameters = {"delay": delay_ms, "amountOfRows": rows}
        request = GenerateReport(report_id=report_id, definition="sample", parameters=parameters)
        self._store.dispatch(Submitted(request, time.monotonic()))

    def cancel(self, report_id: str) -> None:
        """Ask that a report be stopped."""
        self._store.dispatch(CancelAsked(report_id))

    def _look(self, session: Session) -> None:
        """Note what is new; called after every event."""
        if not isinstance(session.connection, Connected):
            self.connected_at = self._connected = None
        elif self.connected_at is None:
            self.connected_at, self._connected = time.monotonic(), datetime.now(UTC)
        for asked in tuple(self._open.values()):
            entry = session.entries.get(asked.report_id)
            if entry is not None:
                self._note(asked, entry)
            if not asked.is_open:
                del self._open[asked.report_id]

    def _note(self, asked: Asked, entry: Entry) -> None:
        if entry.refusal is not None:
            asked.refusal = entry.refusal.code
        if entry.snapshot is None:
            return
        asked.is_answered = True
        state = entry.snapshot.state
        if is_terminal(state) and (state is not State.SUCCEEDED or entry.snapshot.link):
            asked.ended, asked.known_at, asked.connected_at = state, datetime.now(UTC), self._connected
