"""One desktop, with the real client on both ways, through a network that lets through what it is told to.

Store ◀─▶ Client ──▶ Opening ──▶ socket (frames to `router.route`) or HTTPS (requests to `http_router.respond`)

Time is the loop's, and the service's too.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import urlsplit

import msgspec

from backend.catalog.definition import Definition, Run
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import ErrorInfo, GenerateReport
from backend.router import ACCEPTED, route
from backend.service.ports import Delivery
from desktop.session.events import CancelAsked, Submitted
from desktop.session.state import Session
from desktop.session.store import Store
from desktop.sign_in.profiles import Profile
from desktop.transport import polling, signing
from desktop.transport.client import Client
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.https import HttpDoor, Reply
from desktop.transport.line import Sign
from desktop.transport.opening import Ways
from desktop.transport.timing import Timing
from tests.backend.fakes import ANNA, START, World
from tests.backend.web.asking import http_of
from tests.desktop.peers import FakeSigner
from tests.desktop.services import profile_of
from tests.machines.virtual_time import VirtualLoop

KILLED_AFTER_S = 5.0
LATENCY_S = 0.05
BEAT_S = 5.0


def _write(run: Run) -> int:
    run.write(b"a row")
    return 1


SAMPLE = Definition(
    id="sample",
    title="Sample",
    description="A row.",
    parameters={"type": "object", "properties": {}},
    formats=("csv",),
    run=_write,
)


class Socket(Enum):
    """What the network does with WebSockets."""

    THROUGH = auto()
    REFUSED = auto()
    SWALLOWED = auto()
    RESET = auto()
    KILLED = auto()
    """Some seconds after they were opened."""
    DOWN = auto()


class Https(Enum):
    THROUGH = auto()
    DOWN = auto()
    LOSSY = auto()
    """The service acts, and its answer is lost."""


@dataclass(eq=False)
class SocketLine:
    """One WebSocket."""

    desk: "Desk"
    connection_id: str
    frames: asyncio.Queue[bytes | ConnectionFailed | None] = field(default_factory=asyncio.Queue)
    is_open: bool = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (frame := await self.frames.get()) is not None:
            if isinstance(frame, ConnectionFailed):
                raise frame
            yield frame

    async def send(self, frame: str) -> None:
        await asyncio.sleep(LATENCY_S)
        if self.is_open and self.desk.socket is not Socket.SWALLOWED:
            self.desk.route(self.connection_id, "MESSAGE", frame)

    async def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self.frames.put_nowait(None)
            self.desk.route(self.connection_id, "DISCONNECT")

    def lose(self) -> None:
        if self.is_open:
            self.is_open = False
            self.frames.put_nowait(ConnectionFailed(Outage(Remedy.WAIT, "The connection was lost.")))


class Desk:
    """The desktop of one analyst, and all that is around it."""

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self.world = World({"sample": SAMPLE})
        self.socket, self.https = Socket.THROUGH, Https.THROUGH
        self.network = 0
        self.lines: dict[str, SocketLine] = {}
        self.ends: Counter[str] = Counter()
        """How often each report came to its end, as the window sees it."""
        self.world.clock = _LoopClock(self.loop)  # type: ignore[assignment]
        self.world.compose(push=self._push)
        self._http = http_of(self.world)
        self.store = Store()
        self.store.listen(self._count)
        profile = msgspec.structs.replace(profile_of("wss://a.example/dev"), https="https://b.example/v1")
        ways = Ways(socket=self._connect, https=polling.connect, look=lambda _url: (str(self.network),))
        self._patches = (
            patch.object(signing, "in_thread", _at_once),
            patch.object(polling, "HttpDoor", self._door()),
        )
        for each in self._patches:
            each.start()
        self.client = Client(
            profile,
            FakeSigner(),
            self.store.dispatch,
            ways=ways,
            timing=Timing(beat=BEAT_S),
            clock=self.loop.time,
            uniform=lambda low, high: (low + high) / 2,
        )
        self.store.connect(self.client.send)
        self._running = self.loop.create_task(self.client.run())

    @property
    def session(self) -> Session:
        return self.store.session

    def leave(self) -> None:
        self._running.cancel()
        self.loop.run_until_complete(asyncio.gather(self._running, return_exceptions=True))
        left = asyncio.all_tasks(self.loop)
        for each in self._patches:
            each.stop()
        self.loop.close()
        assert not left, left
        assert not [line.connection_id for line in self.lines.values() if line.is_open]

    # --- what the analyst and the workers do ---

    def click(self, report_id: str) -> None:
        request = GenerateReport(report_id=report_id, definition="sample")
        self._in_loop(lambda: self.store.dispatch(Submitted(request, self.loop.time())))

    def cancel(self, report_id: str) -> None:
        self._in_loop(lambda: self.store.dispatch(CancelAsked(report_id)))

    def work(self) -> None:
        """Make every report that waits for a worker."""
        for report_id, row in tuple(self.world.reports.rows.items()):
            if not is_terminal(row.state):
                self._in_loop(lambda report_id=report_id: self.world.execute(report_id))

    def set_network(self, socket: Socket, https: Https) -> None:
        self.socket, self.https = socket, https
        if socket in {Socket.DOWN, Socket.RESET}:
            for line in self.lines.values():
                line.lose()

    def _in_loop(self, act: Any) -> None:
        async def carry_out() -> None:
            act()

        self.loop.run_until_complete(carry_out())

    def _count(self, session: Session) -> None:
        ended = {i for i, entry in session.entries.items() if entry.snapshot and is_terminal(entry.snapshot.state)}
        for report_id in ended - self.ends.keys():
            self.ends[report_id] += 1
        assert self.ends.keys() == ended, "a report that had ended goes on"

    # --- the ways ---

    def route(self, connection_id: str, event_type: str, body: str = "", **context: Any) -> dict[str, int]:
        common = {"eventType": event_type, "connectionId": connection_id}
        return route({"requestContext": {**common, **context}, "body": body}, self.world.router)

    def _push(self, connection_id: str, frame: bytes) -> Delivery:
        line = self.lines.get(connection_id)
        if line is None or not line.is_open:
            return Delivery.GONE
        if self.socket is not Socket.SWALLOWED:
            line.frames.put_nowait(frame)
        return Delivery.DELIVERED

    @asynccontextmanager
    async def _connect(self, _profile: Profile, sign: Sign, _timing: Timing) -> AsyncIterator[SocketLine]:
        await sign("GET", "wss://a.example/dev", b"")
        await asyncio.sleep(LATENCY_S)
        if self.socket in {Socket.REFUSED, Socket.DOWN}:
            raise ConnectionFailed(Outage(Remedy.WAIT, "Refused.", is_blocked=self.socket is Socket.REFUSED))
        line = SocketLine(self, f"conn-{len(self.lines)}")
        self.lines[line.connection_id] = line
        assert self.route(line.connection_id, "CONNECT", identity={"userArn": ANNA.owner}) == ACCEPTED
        if self.socket is Socket.RESET:
            line.lose()
        if self.socket is Socket.KILLED:
            self.loop.call_later(KILLED_AFTER_S, line.lose)
        try:
            yield line
        finally:
            await line.close()

    def _door(self) -> type[HttpDoor]:
        desk = self

        class Door(HttpDoor):
            async def __aenter__(self) -> Self:
                return self

            async def _once(self, method: str, url: str, content: bytes) -> Reply:
                await asyncio.sleep(LATENCY_S)
                return desk.ask(method, url, content)

        return Door

    def ask(self, method: str, url: str, content: bytes) -> Reply:
        if self.https is Https.DOWN:
            raise ConnectionFailed(Outage(Remedy.WAIT, "Out of reach."))
        parts = urlsplit(url)
        path = parts.path.removeprefix("/v1") + (f"?{parts.query}" if parts.query else "")
        body = json.loads(content) if content else None
        answer = self._http(method, path, body)
        if self.https is Https.LOSSY:
            raise ConnectionFailed(Outage(Remedy.WAIT, "The answer was lost."))
        error = polling_error(answer.text, answer.status)
        return Reply(answer.status, answer.text.encode(), error, answer.headers.get("ETag", ""))


def polling_error(text: str, status: int) -> Any:
    """Return the error of a problem document."""
    if status < 400:
        return None
    problem: Mapping[str, Any] = json.loads(text)
    return ErrorInfo(code=problem["code"], message=problem["detail"], fields=problem.get("fields"))


class _LoopClock:
    """The service's clock, which is the loop's; work takes no time of it."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def __call__(self) -> Any:
        return START + timedelta(seconds=self._loop.time())

    def sleep(self, seconds: float) -> None:
        """Do nothing: no use case waits here for what only the loop would bring."""


async def _at_once(work: Any, _name: str) -> Any:
    return work()
