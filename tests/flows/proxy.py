"""A loopback TCP proxy that cuts connections when told, or at the sight of some bytes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the connection once, on the first chunk from the service that holds `sight`: before it passes, or after."""

    sight: bytes
    is_before: bool = False


@dataclass
class Proxy:
    """Passes bytes on between the client and one service."""

    host: str
    port: int
    cut: Cut | None = None
    connections: int = 0
    cuts: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        ends = {writer, there_writer}
        self._writers |= ends
        try:
            await asyncio.gather(self._pass_up(reader, there_writer), self._pass_down(there_reader, writer))
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _pass_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    async def _pass_down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                is_sighted = self.cut is not None and self.cut.sight in data
                if not (is_sighted and self.cut and self.cut.is_before):
                    writer.write(data)
                    await writer.drain()
                if is_sighted:
                    self.cut_all()
        writer.transport.abort()

    def cut_all(self) -> None:
        """Kill every connection, without a close frame."""
        self.cut = None
        self.cuts += 1
        for writer in tuple(self._writers):
            writer.transport.abort()


@asynccontextmanager
async def proxied(endpoint: str) -> AsyncIterator[tuple[str, Proxy]]:
    """Give the endpoint through a proxy, and the proxy."""
    url = urlsplit(endpoint)
    proxy = Proxy(str(url.hostname), url.port or 80)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield url._replace(netloc=f"127.0.0.1:{port}").geturl(), proxy
    finally:
        server.close()
        proxy.cut_all()
        await server.wait_closed()
