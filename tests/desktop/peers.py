"""Services that behave, and that do not, on loopback."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from backend.protocol.codec import decode_request, encode
from backend.protocol.messages import PongMessage
from desktop.session.connection_status import Connection
from desktop.session.events import ConnectionChanged, Event
from desktop.transport.client import Client
from desktop.transport.timing import Timing

Behaviour = Callable[[ServerConnection], Awaitable[None]]
T = TypeVar("T")

FAST = Timing(
    open_timeout=1.0,
    heartbeat=0.05,
    close_timeout=0.05,
    ping_after=60.0,
    healthy_after=60.0,
    recheck=0.01,
    lifetime=(1.0, 1.0),
    beat=0.01,
)


class FakeSigner:
    def __init__(self) -> None:
        self.signed = 0
        self.forgotten = 0
        self.failures: list[Exception] = []
        """What the next attempts raise."""
        self.lasts_s: float | None = None
        """How long a connection may last."""
        self.gate: threading.Event | None = None
        """What every attempt waits for."""

    def sign(self, method: str = "GET", url: str | None = None, body: bytes = b"") -> Mapping[str, str]:
        self.signed += 1
        if self.gate:
            self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return {"Authorization": f"signature {self.signed}"}

    def forget(self) -> None:
        self.forgotten += 1

    def left_s(self) -> float | None:
        return self.lasts_s


@dataclass
class Recorder:
    """Collects events and lets a test wait for one."""

    events: list[Event] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.changed.set()

    @property
    def connections(self) -> list[Connection]:
        return [event.connection for event in self.events if isinstance(event, ConnectionChanged)]

    async def until(self, pick: Callable[["Recorder"], T | None]) -> T:
        while (found := pick(self)) is None:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 10)
        return found

    async def until_connection(self, kind: type[Connection], count: int = 1) -> Connection:
        return await self.until(
            lambda seen: next(iter([c for c in seen.connections if isinstance(c, kind)][count - 1 :]), None)
        )


@contextlib.asynccontextmanager
async def peer(behaviour: Behaviour, refusals: list[tuple[int, dict[str, str]]] | None = None) -> AsyncIterator[str]:
    """Serve on a free port; the first connections get `refusals` instead. What a client says first is its ping."""
    left = list(refusals or [])

    def refuse(_connection: ServerConnection, _request: Request) -> Response | None:
        if not left:
            return None
        status, headers = left.pop(0)
        return Response(status, HTTPStatus(status).phrase, Headers(headers), b"")

    async def answer_ping_first(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            request = decode_request(str(await connection.recv()))
            await connection.send(encode(PongMessage(request_id=str(request.request_id))).decode())
            await behaviour(connection)

    async with serve(
        answer_ping_first, "127.0.0.1", 0, process_request=refuse, ping_interval=None, close_timeout=0.1
    ) as server:
        yield f"ws://127.0.0.1:{port_of(server)}"


def port_of(server: Server) -> int:
    port = next(iter(server.sockets)).getsockname()[1]
    assert isinstance(port, int)
    return port


@contextlib.asynccontextmanager
async def running(client: Client) -> AsyncIterator[None]:
    task = asyncio.create_task(client.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def stay(connection: ServerConnection) -> None:
    await connection.wait_closed()
