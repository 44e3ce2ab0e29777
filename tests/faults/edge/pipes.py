"""Bytes between two connections.

client ◀──▶ **Pipe** ◀──▶ server
"""

import asyncio
import contextlib


class Pipe:
    """Passes bytes between a client and the server inside; once mute it swallows them, and the ends see nothing."""

    def __init__(self, *ends: asyncio.StreamWriter) -> None:
        self.ends = ends
        self.is_mute = False

    async def run(self, head: bytes, here: asyncio.StreamReader, there: asyncio.StreamReader) -> None:
        client, server = self.ends
        server.write(head)
        await asyncio.gather(self._pass(here, server), self._pass(there, client))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if not self.is_mute:
                    writer.write(data)
                    await writer.drain()
        if not self.is_mute:
            writer.close()

    def abort(self) -> None:
        for end in self.ends:
            end.transport.abort()
