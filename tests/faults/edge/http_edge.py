"""Requests over HTTP as API Gateway treats them: limits, refusals and whole answers, which the emulator lacks.

client ── HTTP ──▶ gateway ──▶ **HttpEdge** ──▶ emulator

A request goes on as it came, under the authority that the client signed. Its answer is read whole before any of it is
passed on. A service that takes too long is not stopped: it goes on, and nobody hears of it.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html and …/limits.html;
the answers of a REST API: …/supported-gateway-response-types.html
"""

import asyncio
import base64
import json
import os
import re
import time
import uuid
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, assert_never
from urllib.parse import urlsplit

from tests.faults.edge.signatures import flaw_of
from tests.faults.faults import Asked, Cut, Faults, HttpFate, Kind, Lost, Refusal
from tests.http_wire import Head, head_bytes, pieces, read_answer

PREFIX = "/_aws/execute-api/"
_TARGET = re.compile(rf"{PREFIX}(?P<api>[^/?]+)/[^/?]+(?P<path>[^?]*)")
_MESSAGES: Mapping[int, str] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Internal server error",
    503: "Service Unavailable",
    504: "Endpoint request timed out",
}
_TIMED_OUT = {Kind.HTTP: 503, Kind.REST: 504, Kind.WEBSOCKET: 504}
_BROKEN = {Kind.HTTP: 500, Kind.REST: 502, Kind.WEBSOCKET: 500}
"""The answers when the service gives none that can be passed on."""
_FRAMING = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
"""Headers of an answer that are the edge's own."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    length: int
    """What its head says, which is more than the body of an answer to HEAD has."""

    @classmethod
    def whole(cls, status: int, headers: Mapping[str, str], body: bytes) -> "Answer":
        return cls(status, tuple(headers.items()), body, len(body))


@dataclass
class HttpEdge:
    """Answers requests over HTTP, one after another on each connection."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    """Kinds of APIs, by their ids; all others are HTTP APIs."""
    region: str | None = None
    """The only region whose signatures are right; None for any."""
    clock: Callable[[], datetime] = _now
    """The time by which signatures expire."""
    requests: list[tuple[Asked, int | None]] = field(default_factory=list)
    """What came, and the statuses of the answers that went out; None for no answer, or half of one."""
    served: list[tuple[Asked, float]] = field(default_factory=list)
    """What the service got, and how many seconds it took, whether or not anybody still waited."""
    _running: dict[asyncio.Task[tuple[Head, bytes]], Asked] = field(default_factory=dict)

    def reset(self) -> None:
        """Go by the time, and forget what went through."""
        self.clock, self.requests, self.served = _now, [], []

    @property
    def working(self) -> list[Asked]:
        """What the service still works on."""
        return list(self._running.values())

    async def exchange(
        self, head: Head, ends: tuple[StreamReader, StreamWriter], faults: Faults, emulator: tuple[str, int]
    ) -> bool:
        """Answer a request whose head was read; return whether another may follow on the connection."""
        reader, writer = ends
        if head.has("expect", "100-continue"):
            writer.write(head_bytes(100, ()))
            head = head.without("Expect")
        body = b"".join([piece async for piece in pieces(head, reader)])
        asked = self._asked(head, body)
        fate = self._refusal(head, asked, faults) or faults.judge_http(asked)
        is_cut = await self._settle(asked, fate, ends, lambda: self._served(head, asked, faults, emulator))
        if is_cut or head.has("connection", "close") or head.first[2] == "HTTP/1.0":
            writer.close()
            await writer.wait_closed()
            return False
        return True

    def _asked(self, head: Head, body: bytes) -> Asked:
        target = _TARGET.match(head.target)
        headers = {name.lower(): value for name, value in head.headers}
        return Asked(
            method=head.method,
            path=target["path"] if target else head.target,
            query=urlsplit(head.target).query,
            headers=headers,
            body=body,
            kind=self.kinds.get(target["api"], Kind.HTTP) if target else Kind.HTTP,
            at=time.monotonic(),
        )

    def _refusal(self, head: Head, asked: Asked, faults: Faults) -> Refusal | None:
        is_plain = asked.kind is Kind.WEBSOCKET and not asked.path.startswith("/@connections/")
        if is_plain or self.flaw(head.target, head.headers) is not None:
            return Refusal(403)
        return Refusal(413) if len(asked.body) > faults.payload_bytes else None

    def flaw(self, target: str, headers: Iterable[tuple[str, str]]) -> str | None:
        """Return what is wrong with a request's signature, whatever its secret."""
        named = {name.lower(): value for name, value in headers}
        return flaw_of(target, named, self.region, self.clock())

    async def _settle(
        self,
        asked: Asked,
        fate: HttpFate | None,
        ends: tuple[StreamReader, StreamWriter],
        serve: Callable[[], Coroutine[Any, Any, Answer]],
    ) -> bool:
        """Do to the request what was decided; return whether the connection ends with it."""
        reader, writer = ends
        match fate:
            case None:
                await self._write(asked, writer, await serve())
                return False
            case Refusal(status, headers):
                await self._write(asked, writer, refused(asked.kind, status, headers))
                return False
            case Cut(after_bytes):
                answer = await serve()
                self.requests.append((asked, None))
                if after_bytes is not None:
                    writer.write(_bytes(asked, answer, answer.body[:after_bytes]))
                return True
            case Lost():
                if fate is Lost.ANSWER:
                    await serve()
                self.requests.append((asked, None))
                await reader.read()
                return True
            case _:
                assert_never(fate)

    async def _write(self, asked: Asked, writer: StreamWriter, answer: Answer) -> None:
        self.requests.append((asked, answer.status))
        writer.write(_bytes(asked, answer, answer.body))
        await writer.drain()

    async def _served(self, head: Head, asked: Asked, faults: Faults, emulator: tuple[str, int]) -> Answer:
        """Return the service's answer, or the edge's own when none came in time or none that fits."""
        task = asyncio.create_task(_forward(head, asked, emulator))
        self._running[task] = asked
        task.add_done_callback(self._ended)
        await asyncio.wait([task], timeout=faults.limits_s.get(asked.kind))
        if not task.done():
            return refused(asked.kind, _TIMED_OUT[asked.kind], {})
        try:
            answered, body = task.result()
        except (OSError, EOFError, ValueError):
            return refused(asked.kind, _BROKEN[asked.kind], {})
        if len(body) > faults.payload_bytes:
            return refused(asked.kind, _BROKEN[asked.kind], {})
        kept = tuple((name, value) for name, value in answered.headers if name.lower() not in _FRAMING)
        return Answer(answered.status, kept, body, len(body) or answered.length or 0)

    def _ended(self, task: asyncio.Task[tuple[Head, bytes]]) -> None:
        asked = self._running.pop(task)
        self.served.append((asked, time.monotonic() - asked.at))
        if not task.cancelled():
            task.exception()  # of an answer that nobody waits for any more


def api_of(url: str) -> str:
    """Return the id of the API that an address is one of."""
    target = _TARGET.match(urlsplit(url).path)
    assert target, url
    return target["api"]


def refused(kind: Kind, status: int, headers: Mapping[str, str]) -> Answer:
    """Return API Gateway's own answer with the status."""
    body = json.dumps({"message": _MESSAGES.get(status, "Unknown")}, separators=(",", ":")).encode()
    own = {"Date": formatdate(usegmt=True), "Content-Type": "application/json", **request_id(kind)}
    return Answer.whole(status, {**own, **headers}, body)


def request_id(kind: Kind) -> dict[str, str]:
    """Return the header that every answer of API Gateway has."""
    if kind is Kind.HTTP:
        return {"Apigw-Requestid": base64.b64encode(os.urandom(11)).decode()}
    return {"x-amzn-RequestId": str(uuid.uuid4())}


async def _forward(head: Head, asked: Asked, emulator: tuple[str, int]) -> tuple[Head, bytes]:
    reader, writer = await asyncio.open_connection(*emulator, limit=2**20)
    try:
        sent = head.without("Transfer-Encoding") if head.is_chunked else head
        length = f"Content-Length: {len(asked.body)}\r\n" if head.is_chunked else ""
        writer.write(sent.raw.removesuffix(b"\r\n") + length.encode() + b"\r\n" + asked.body)
        return await read_answer(asked.method, reader)
    finally:
        writer.transport.abort()


def _bytes(asked: Asked, answer: Answer, body: bytes) -> bytes:
    ids = request_id(asked.kind)
    own = () if {name.lower() for name, _ in answer.headers} & {name.lower() for name in ids} else ids.items()
    length = () if answer.status in {204, 304} else [("Content-Length", str(answer.length))]
    return head_bytes(answer.status, [*answer.headers, *own, *length]) + body
