"""A loopback stand-in for API Gateway's edge, with the faults it has and the emulator lacks.

client ── WebSocket, HTTP ──▶ **Gateway** ──▶ emulator          functions ── posts ──▶ **Gateway** ──▶ emulator

One TCP port serves all, as the endpoint does in AWS: the head of a request says which it is. WebSockets are piped to a
server inside, which holds a second connection to the emulator under the authority the client signed; `http_edge` passes
other requests on. It runs in a thread with a loop of its own; faults are set from any thread.
"""

import asyncio
import contextlib
import json
import logging
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response

from backend.protocol import quotas
from tests.faults import posts
from tests.faults.edge import http_edge
from tests.faults.edge.http_edge import HttpEdge
from tests.faults.edge.pipes import Pipe
from tests.faults.faults import Fate, Faults, Hold, Kind, Line, Notice, Post
from tests.http_wire import Head

HOST = "127.0.0.1"
OPEN_WITHIN_S = 30.0
"""A cold router starts in a few seconds; API Gateway waits 29 s for a route."""
CHECK_EVERY_S = 0.05
SIGNED = ("Authorization", "X-Amz-Date", "X-Amz-Security-Token")
"""The headers of a handshake that the emulator checks."""

_silent = logging.getLogger(__name__)
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


class Gateway:
    """The edge. `faults` says what is wrong with it, the rest what went through."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.handshakes: list[float] = []
        """When clients asked to connect."""
        self.lines: list[Line] = []
        """Every connection there was, in the order of acceptance."""
        self.posts: list[tuple[Post, int]] = []
        """What the service posted, and the answers."""
        self.early: list[Post] = []
        """Posts to connections that were not open yet."""
        self.http = HttpEdge()
        self.emulator = (HOST, 0)
        self.port = 0
        self._inside_port = 0
        self._loop = asyncio.new_event_loop()
        self._introduced: dict[str, asyncio.Future[str]] = {}
        self._opening: dict[uuid.UUID, Line] = {}
        self._pipes: set[Pipe] = set()
        self.kept: list[Post] = []
        """What waits for `deliver_kept`."""
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def authority(self) -> str:
        return f"{HOST}:{self.port}"

    # --- what a test does -------------------------------------------------------------------------

    def reset(self) -> None:
        """Behave, and forget what went through. Connections stay."""
        self.faults = Faults()
        self.handshakes, self.posts, self.early, self.kept = [], [], [], []
        self.http.reset()

    def close_all(self, code: int = 1001) -> None:
        """Close every connection, as at the end of its life."""
        self._do(lambda line: line.client.close(code) if line.client else None)

    def inject(self, text: str) -> None:
        """Send a frame of the gateway's own on every connection."""
        self._do(lambda line: line.client.send(text) if line.client else None)

    def silence(self) -> None:
        """Let nothing through any more on the present connections, neither data nor its end."""
        for pipe in tuple(self._pipes):
            pipe.is_mute = True

    def deliver_kept(self) -> None:
        """Deliver what was kept, the latest first."""
        self._loop.call_soon_threadsafe(lambda: self._spawn(self._deliver_kept()))

    def _do(self, act: Any) -> None:
        def run() -> None:
            for line in self.lines:
                if line.is_open:
                    self._spawn(act(line))

        self._loop.call_soon_threadsafe(run)

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_kept(self) -> None:
        while self.kept:
            post = self.kept.pop()
            line = self._line(post.connection_id)
            if line and line.client:
                await line.client.send(post.body.decode())

    # --- the port ---------------------------------------------------------------------------------

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        outside = await asyncio.start_server(self._accept, HOST, 0, limit=2**20)
        async with serve(
            self._talk,
            HOST,
            0,
            process_request=self._open,
            max_size=quotas.FRAME_SIZE_BYTES,
            ping_interval=None,
            compression=None,
            open_timeout=OPEN_WITHIN_S,
            close_timeout=0.5,
            logger=_silent,
        ) as inside:
            self.port = outside.sockets[0].getsockname()[1]
            self._inside_port = next(iter(inside.sockets)).getsockname()[1]
            ready.set()
            await over.wait()
            outside.close()
            for pipe in tuple(self._pipes):
                pipe.abort()
            for line in self.lines:
                await line.upstream.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._serve_next(reader, writer):
                pass
        writer.transport.abort()

    async def _serve_next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve a request, or all of a WebSocket; return whether another request may follow."""
        raw = await reader.readuntil(b"\r\n\r\n")
        head = Head.of(raw)
        if posts.is_post(raw):
            await self._serve_post(raw, reader, writer)
            return True
        if head.target.startswith(http_edge.PREFIX) and not head.is_upgrade:
            return await self.http.exchange(head, (reader, writer), self.faults, self.emulator)
        await self._pipe(raw, reader, writer)
        return False

    async def _pipe(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(HOST, self._inside_port)
        pipe = Pipe(writer, there_writer)
        self._pipes.add(pipe)
        try:
            await pipe.run(head, reader, there_reader)
        finally:
            self._pipes.discard(pipe)
            pipe.abort()

    # --- connections ------------------------------------------------------------------------------

    async def _open(self, connection: ServerConnection, request: Request) -> Response | None:
        self.handshakes.append(time.monotonic())
        if self.faults.refusals:
            refusal = self.faults.refusals.popleft()
            return _refused(refusal.status, refusal.headers)
        if self.http.flaw(request.path, request.headers.raw_items()) is not None:
            return _refused(403)
        host, port = self.emulator
        try:
            upstream = await connect(
                f"ws://{request.headers['Host']}{request.path}",  # as signed, which may be a network's before this one
                additional_headers={name: request.headers[name] for name in SIGNED if name in request.headers},
                host=host,
                port=port,
                proxy=None,
                compression=None,
                ping_interval=None,
                open_timeout=OPEN_WITHIN_S,
                close_timeout=0.5,
                max_size=None,
                logger=_silent,
            )
        except InvalidStatus as refused:
            return _refused(refused.response.status_code)
        self._opening[connection.id] = Line(upstream, await self._introduce(upstream))
        return None

    async def _introduce(self, upstream: Any) -> str:
        """Learn the connection's id from the answer to a ping, which goes no further."""
        name = f"gateway-{uuid.uuid4()}"
        self._introduced[name] = self._loop.create_future()
        await upstream.send(json.dumps({"action": "ping", "requestId": name}))
        return await asyncio.wait_for(self._introduced[name], OPEN_WITHIN_S)

    async def _talk(self, client: ServerConnection) -> None:
        line = self._opening.pop(client.id)
        line.client, line.is_open, line.heard_at = client, True, time.monotonic()
        before = [known for known in self.lines if not known.is_open]
        self.lines.append(line)
        if self.faults.hang_ups:
            await client.close(self.faults.hang_ups.popleft())
        tasks = [asyncio.ensure_future(work) for work in (self._up(line), self._down(line), self._age(line))]
        if self.faults.notice is Notice.LATE:
            for known in before:
                await known.upstream.close()
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            line.is_open = False
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self.faults.notice is Notice.NOW:
                await line.upstream.close()

    async def _up(self, line: Line) -> None:
        assert line.client is not None
        async for frame in line.client:
            line.heard_at = time.monotonic()
            if not self.faults.swallows(frame):
                await line.upstream.send(frame)

    async def _down(self, line: Line) -> None:
        assert line.client is not None
        async for frame in line.upstream:
            line.heard_at = time.monotonic()
            await line.client.send(frame)

    async def _age(self, line: Line) -> None:
        """Close the connection when it is too old, or was idle for too long."""
        assert line.client is not None
        opened_at = time.monotonic()
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            now, faults = time.monotonic(), self.faults
            is_old = faults.lifetime_s is not None and now - opened_at > faults.lifetime_s
            is_idle = faults.idle_s is not None and now - line.heard_at > faults.idle_s
            if is_old or is_idle:
                await line.client.close(1001, "Going away")

    # --- posts ------------------------------------------------------------------------------------

    async def _serve_post(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        exchange = await posts.read_exchange(head, reader, writer.get_extra_info("peername")[1])
        writer.write(await self._answer(exchange))
        await writer.drain()

    async def _answer(self, exchange: posts.Exchange) -> bytes:
        post = exchange.post
        introduced = self._introduced.pop(str(post.message.get("requestId")), None)
        if introduced:
            introduced.set_result(post.connection_id)
            return posts.answer(200)
        answer = await self._decided(exchange)
        self.posts.append((post, int(answer.split(b" ", 2)[1])))
        return answer

    async def _decided(self, exchange: posts.Exchange) -> bytes:
        post = exchange.post
        if posts.is_too_large(post):
            return posts.answer(413)
        line = self._line(post.connection_id)
        if line is None:
            self.early.append(post)
        if line is None or not line.is_open:
            return posts.answer(410)
        return await self._judged(exchange)

    async def _judged(self, exchange: posts.Exchange) -> bytes:
        post = exchange.post
        fate = self.faults.judge(post)
        if isinstance(fate, Hold):
            await fate.keep(post)
        match fate:
            case Fate.GONE:
                return posts.answer(410)
            case Fate.BUSY:
                return posts.answer(429)
            case Fate.LOSE:
                return posts.answer(200)
            case Fate.KEEP:
                self.kept.append(post)
                return posts.answer(200)
            case Fate.REPEAT:
                await posts.forward(exchange, *self.emulator)
        return await posts.forward(exchange, *self.emulator)

    def _line(self, connection_id: str) -> Line | None:
        return next((line for line in self.lines if line.connection_id == connection_id), None)

    # --- its thread -------------------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[None]:
        ready, over = threading.Event(), asyncio.Event()
        thread = threading.Thread(target=self._run, args=(ready, over), name="gateway")
        thread.start()
        assert ready.wait(10)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(over.set)
            thread.join(10)

    def _run(self, ready: threading.Event, over: asyncio.Event) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner, contextlib.suppress(ConnectionClosed):
            runner.run(self.serve(ready, over))


def _refused(status: int, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    """Return API Gateway's answer to a handshake that fails."""
    answer = http_edge.refused(Kind.WEBSOCKET, status, headers)
    return Response(status, HTTPStatus(status).phrase, Headers(answer.headers), answer.body)
