"""HTTP of the management API: read, judged, passed on.

functions ── POST …/@connections/… ──▶ **posts** ──▶ emulator
"""

import asyncio
import contextlib
import json
import re
from dataclasses import dataclass

from backend.protocol import quotas
from tests.faults.faults import Post

_ERRORS = {410: "GoneException", 413: "PayloadTooLargeException", 429: "LimitExceededException"}
_TARGET = re.compile(rb"POST \S*/(?:@|%40)connections/([^ /?]+)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as it came, which its signature covers."""

    head: bytes
    post: Post


def is_post(head: bytes) -> bool:
    return _TARGET.match(head) is not None


async def read_exchange(head: bytes, reader: asyncio.StreamReader, port: int) -> Exchange:
    target = _TARGET.match(head)
    assert target is not None
    body = await reader.readexactly(_length(head))
    return Exchange(head, Post(target[1].decode().replace("%3D", "="), body, port))


def is_too_large(post: Post) -> bool:
    return len(post.body) > quotas.MESSAGE_SIZE_BYTES


def answer(status: int) -> bytes:
    """Return API Gateway's answer with the status."""
    body = b"" if status == 200 else json.dumps({"message": _ERRORS[status]}).encode()
    kind = f"x-amzn-ErrorType: {_ERRORS[status]}\r\n" if status in _ERRORS else ""
    head = f"HTTP/1.1 {status} -\r\n{kind}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def forward(exchange: Exchange, host: str, port: int) -> bytes:
    """Send the request to the emulator and return its answer."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(exchange.head + exchange.post.body)
        head = await reader.readuntil(b"\r\n\r\n")
        return head + await reader.readexactly(_length(head))
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _length(head: bytes) -> int:
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0
