"""HTTP/1.1 as the tests' own servers read and write it, on asyncio's streams.

bytes ──▶ **Head**, **pieces** ──▶ faults, networks
"""

import re
from asyncio import StreamReader
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

END_OF_HEAD = b"\r\n\r\n"
PIECE_SIZE_BYTES = 65_536
_PHRASES = {status.value: status.phrase for status in HTTPStatus}

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the headers of a request or an answer."""

    raw: bytes
    """All of it as it came, the empty line too: what a signature covers stays as it was."""
    first: tuple[str, str, str]
    """Method, target and version; or version, status and phrase."""
    headers: Headers

    @classmethod
    def of(cls, raw: bytes) -> "Head":
        first, *lines = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        one, two, three = (*first.split(" ", 2), "", "")[:3]
        pairs = (line.partition(":") for line in lines)
        return cls(raw, (one, two, three), tuple((name.strip(), value.strip()) for name, _, value in pairs))

    @property
    def method(self) -> str:
        return self.first[0]

    @property
    def target(self) -> str:
        return self.first[1]

    @property
    def status(self) -> int:
        return int(self.first[1])

    @property
    def is_upgrade(self) -> bool:
        return self.has("upgrade", "websocket")

    @property
    def is_chunked(self) -> bool:
        return self.has("transfer-encoding", "chunked")

    @property
    def length(self) -> int | None:
        text = self.value("content-length")
        return int(text) if text else None

    def value(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)

    def has(self, name: str, token: str) -> bool:
        """Return whether a header lists a token."""
        values = (value.lower().split(",") for each, value in self.headers if each.lower() == name)
        return any(token == each.strip() for value in values for each in value)

    def without(self, *names: str) -> "Head":
        """Return the head without some headers; the others stay as they came."""
        pattern = "|".join(map(re.escape, names))
        return Head.of(re.sub(rf"(?mi)^(?:{pattern}):[^\n]*\n".encode(), b"", self.raw))


@dataclass
class Trailers:
    """What follows the last chunk."""

    headers: Headers = field(default=())


async def read_head(reader: StreamReader) -> Head:
    return Head.of(await reader.readuntil(END_OF_HEAD))


async def pieces(
    head: Head, reader: StreamReader, *, is_open_ended: bool = False, trailers: Trailers | None = None
) -> AsyncIterator[bytes]:
    """Yield a body as it comes, without what frames it; `is_open_ended`, one of no length lasts until the end."""
    if head.is_chunked:
        async for chunk in _chunks(reader, trailers or Trailers()):
            yield chunk
    elif head.length is not None:
        left = head.length
        while left:
            piece = await reader.readexactly(min(left, PIECE_SIZE_BYTES))
            left -= len(piece)
            yield piece
    elif is_open_ended:
        while piece := await reader.read(PIECE_SIZE_BYTES):
            yield piece


async def _chunks(reader: StreamReader, trailers: Trailers) -> AsyncIterator[bytes]:
    while size := int((await reader.readuntil(b"\n")).split(b";")[0], 16):
        yield (await reader.readexactly(size + 2))[:-2]
    lines = b"\r\n"
    while not lines.endswith(b"\r\n\r\n"):
        lines += await reader.readuntil(b"\n")
    trailers.headers = Head.of(lines).headers


async def read_body(head: Head, reader: StreamReader) -> bytes:
    """Return the body of a request."""
    return b"".join([piece async for piece in pieces(head, reader)])


async def read_answer(method: str, reader: StreamReader) -> tuple[Head, bytes]:
    """Return the whole answer to a request, past any `100 Continue`."""
    head = await read_head(reader)
    while head.status == HTTPStatus.CONTINUE:
        head = await read_head(reader)
    is_empty = method == "HEAD" or head.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
    body = () if is_empty else [piece async for piece in pieces(head, reader, is_open_ended=True)]
    return head, b"".join(body)


def head_bytes(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '-')}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def answer_bytes(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """Return an answer whose body is as long as it says."""
    return head_bytes(status, [*headers, ("Content-Length", str(len(body)))]) + body


def chunk_bytes(piece: bytes) -> bytes:
    """Return a chunk; an empty one is the last."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)
