"""A network that stands in a client's way, on loopback: its proxy, or what inspects its traffic.

client ── CONNECT, HTTP, WebSocket ──▶ **Network** ──▶ service

A client uses it in one of two ways:

- as the address itself, `network.address_of(endpoint)`: it stands transparently in front of one service, and keeps the
  `Host` that the client signed;
- as its HTTP proxy, `network.url`: CONNECT, and requests with the whole address in the first line. What is said inside
  of a tunnel it reads like a proxy that opens TLS does; real TLS passes as it is.

`desktop.outside.environment.proxy_of` takes no proxy to 127.0.0.1, and the emulator answers to no other name, so the
desktop meets the emulator through a network as the address itself, or as its proxy in a test that empties
`environment.LOOPBACK`. A service of the test's own may have any name: `hosts` says where it is.
"""

import asyncio
import contextlib
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, fields, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, SupportsIndex
from urllib.parse import urlsplit

from tests.http_wire import (
    END_OF_HEAD,
    PIECE_SIZE_BYTES,
    Head,
    answer_bytes,
    chunk_bytes,
    head_bytes,
    pieces,
    read_head,
)
from tests.loop_threads import READ_LIMIT_BYTES, listening, looping, run_in
from tests.networks.modes import CONNECT_ANSWERS, PAGE, UPGRADE_ANSWERS, Mode

HOST = "127.0.0.1"
Address = tuple[str, int]
Ends = tuple[StreamReader, StreamWriter]

_TLS = b"\x16"
"""The first byte of a TLS handshake. Source: RFC 8446, section 5.1."""
_AT_ONCE = struct.pack("ii", 1, 0)
"""A linger of no time: closing sends a reset."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What went through since the network began; the difference of two is what went through between them."""

    connections: int = 0
    """TCP connections of clients."""
    tunnels: int = 0
    """CONNECTs asked for."""
    upgrades: int = 0
    """WebSocket handshakes tried."""
    requests: int = 0
    """Other requests over HTTP."""
    bytes_up: int = 0
    """Bytes from clients, and `bytes_down` to them, heads of HTTP included, TCP's and TLS's own not."""
    bytes_down: int = 0

    def __sub__(self, earlier: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) - getattr(earlier, each.name) for each in fields(Counts)))


@dataclass(eq=False)
class Network:
    """The network. Its settings may be changed at any time, from any thread, and hold for what begins then."""

    target: Address | None = None
    """The service it stands in front of as the address itself."""
    hosts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Addresses of names that a client asks its proxy for; others are looked up."""
    mode: Mode = Mode.THROUGH
    kill_after_s: float = 2.0
    """How long a WebSocket lives in `Mode.SOCKET_KILLED`, from its upgrade."""
    port: int = 0
    counts: Counts = field(default_factory=Counts)
    _loop: asyncio.AbstractEventLoop | None = None
    _writers: set[StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address for `HTTP_PROXY` and the like."""
        return f"http://{HOST}:{self.port}"

    def address_of(self, endpoint: str) -> str:
        """Return an address of the target's through this network."""
        return urlsplit(endpoint)._replace(netloc=f"{HOST}:{self.port}").geturl()

    def cut_all(self) -> None:
        """Reset every present connection, and return when it is done."""

        async def cut() -> None:
            for writer in tuple(self._writers):
                _reset(writer)

        assert self._loop is not None
        run_in(self._loop, cut())

    @contextmanager
    def running(self) -> Iterator[None]:
        with looping("network") as self._loop, listening(self._loop, self._serve, self._reader) as self.port:
            yield

    # --- one connection ---------------------------------------------------------------------------

    def _count(self, **more: int) -> None:
        self.counts = replace(self.counts, **{name: getattr(self.counts, name) + n for name, n in more.items()})

    def _reader(self, loop: asyncio.AbstractEventLoop) -> StreamReader:
        return _CountedReader(loop, lambda size: self._count(bytes_up=size))

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._count(connections=1)
        self._writers.add(writer)
        try:
            await self._converse(reader, writer, self.target)
        finally:
            self._writers.discard(writer)

    async def _converse(self, reader: StreamReader, writer: StreamWriter, to: Address | None) -> None:
        """Serve a connection, or what is inside of a tunnel."""
        begun = await reader.readexactly(1)
        if begun == _TLS:
            await self._relay(begun, (reader, writer), to)
            return
        head = Head.of(begun + await reader.readuntil(END_OF_HEAD))
        if head.method == "CONNECT":
            await self._tunnel(head, (reader, writer))
            return
        if head.target.startswith("http://"):
            to = self._address(urlsplit(head.target).netloc, 80)
        if head.is_upgrade:
            await self._upgrade(_at_origin(head), (reader, writer), to)
        else:
            await self._pass_requests(head, (reader, writer), to)

    def _address(self, netloc: str, default_port: int) -> Address:
        url = urlsplit(f"//{netloc}")
        return self.hosts.get(str(url.hostname), str(url.hostname)), url.port or default_port

    async def _tunnel(self, head: Head, client: Ends) -> None:
        self._count(tunnels=1)
        reader, writer = client
        match self.mode:
            case Mode.CONNECT_RESET:
                _reset(writer)
            case Mode.CONNECT_UNANSWERED:
                await _drain(reader)
            case Mode.CONNECT_PAGE:
                await self._send(writer, head_bytes(200, [("Content-Type", "text/html")]))
                await reader.readexactly(1)
                await self._answer(client, PAGE)
            case mode if mode in CONNECT_ANSWERS:
                await self._answer(client, CONNECT_ANSWERS[mode])
            case _:
                await self._send(writer, head_bytes(200, ()))
                await self._converse(reader, writer, self._address(head.target, 443))

    # --- WebSockets -------------------------------------------------------------------------------

    async def _upgrade(self, head: Head, client: Ends, to: Address | None) -> None:
        self._count(upgrades=1)
        mode = self.mode
        if mode in UPGRADE_ANSWERS:
            await self._answer(client, UPGRADE_ANSWERS[mode])
        elif mode is Mode.UPGRADE_STRIPPED:
            await self._relay(head.without("Upgrade", "Connection").raw, client, to)
        else:
            await self._accepted(head, client, to, mode)

    async def _accepted(self, head: Head, client: Ends, to: Address | None, mode: Mode) -> None:
        """Let the service answer the handshake; it may refuse, too."""
        kill_after_s = self.kill_after_s
        reader, writer = client
        async with _service(to) as service:
            service[1].write(head.raw)
            answer = await read_head(service[0])
            await self._send(writer, answer.raw)
            if answer.status != HTTPStatus.SWITCHING_PROTOCOLS:
                mode = Mode.THROUGH
            match mode:
                case Mode.UPGRADE_RESET:
                    _reset(writer)
                case Mode.FRAMES_SWALLOWED:
                    await _drain(reader)
                case Mode.SOCKET_KILLED:
                    await _until_first(self._both_ways(client, service), asyncio.sleep(kill_after_s))
                    _reset(writer)
                case _:
                    await self._both_ways(client, service)

    # --- what passes ------------------------------------------------------------------------------

    async def _relay(self, begun: bytes, client: Ends, to: Address | None) -> None:
        async with _service(to) as service:
            service[1].write(begun)
            await self._both_ways(client, service)

    async def _both_ways(self, client: Ends, service: Ends) -> None:
        """Pass bytes until one of the two ends it."""
        await _until_first(_copy(client[0], service[1]), self._down(service[0], client[1]))

    async def _pass_requests(self, head: Head, client: Ends, to: Address | None) -> None:
        """Pass all requests of a connection, which are for one service, and count them."""
        reader, writer = client
        try:
            async with _service(to) as service:
                await _until_first(self._up(head, reader, service[1]), self._down(service[0], writer))
        except ConnectionRefusedError:
            await self._answer(client, answer_bytes(502, [("Content-Type", "text/html")], PAGE))

    async def _up(self, head: Head, reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            self._count(requests=1)
            writer.write(_at_origin(head).raw)
            async for piece in pieces(head, reader):
                writer.write(chunk_bytes(piece) if head.is_chunked else piece)
                await writer.drain()
            if head.is_chunked:
                writer.write(chunk_bytes(b""))
            head = await read_head(reader)

    async def _down(self, reader: StreamReader, writer: StreamWriter) -> None:
        while data := await reader.read(PIECE_SIZE_BYTES):
            await self._send(writer, data)

    async def _answer(self, client: Ends, data: bytes) -> None:
        """Send the last that the client hears; it may still be talking, which must not become a reset."""
        reader, writer = client
        await self._send(writer, data)
        writer.write_eof()
        await _drain(reader)

    async def _send(self, writer: StreamWriter, data: bytes) -> None:
        self._count(bytes_down=len(data))
        writer.write(data)
        await writer.drain()


class _CountedReader(StreamReader):
    def __init__(self, loop: asyncio.AbstractEventLoop, count: Callable[[int], None]) -> None:
        super().__init__(limit=READ_LIMIT_BYTES, loop=loop)
        self._count = count

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        came = bytes(data)
        self._count(len(came))
        super().feed_data(came)


def _at_origin(head: Head) -> Head:
    """Return a request to a proxy as the service gets it."""
    url = urlsplit(head.target)
    target = url._replace(scheme="", netloc="").geturl() or "/"
    first = head.raw.index(b"\r\n")
    line = " ".join([head.method, target, head.first[2]]) if url.netloc else " ".join(head.first)
    return Head.of(line.encode("latin-1") + head.raw[first:]).without("Proxy-Authorization", "Proxy-Connection")


@asynccontextmanager
async def _service(to: Address | None) -> AsyncIterator[Ends]:
    if to is None:
        raise ConnectionRefusedError
    reader, writer = await asyncio.open_connection(*to, limit=READ_LIMIT_BYTES)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(PIECE_SIZE_BYTES):
        writer.write(data)
        await writer.drain()


async def _drain(reader: StreamReader) -> None:
    while await reader.read(PIECE_SIZE_BYTES):
        pass


async def _until_first(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until one of them ends, however it does."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _reset(writer: StreamWriter) -> None:
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()
