"""The ways to wait for a report, each as a client would be written that knows only this one.

comparison, flows ── `Place`, `Order` ──▶ **WAYS** ──▶ service ──▶ `Outcome`

A client opens what it needs, asks for one report, waits for its link, and closes.
"""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from backend.domain.report import Report, pace_s
from backend.protocol.codec import decode_message
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import ReportMessage
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from desktop.transport import polling
from desktop.transport.timing import Timing
from tests.faults.rest.signing import Signature
from tests.flows.plain import connected
from tests.limits import HANG_S

LONGEST_WAIT_S = 25
KEPT_S = 60.0
"""How long a connection is kept for the next request: longer than any way pauses, so that each has one."""


class Unexpected(Exception):
    """The service did something that no way allows for."""


@dataclass(frozen=True, slots=True)
class Place:
    """The service as one client reaches it."""

    profile: Profile
    rest: str
    """The base of the REST API."""
    events: str
    """The base of the API that streams."""


@dataclass(frozen=True, slots=True)
class Order:
    """A sample report."""

    delay_ms: int
    rows: int

    @property
    def body(self) -> dict[str, int]:
        return {"delay": self.delay_ms, "amountOfRows": self.rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a client has in the end: a link, or an answer that is none of the service's."""

    known_at: datetime
    report: dict[str, Any] | None = None
    """The last snapshot."""
    status: int = 0
    body: str = ""
    asked_at: float = 0.0
    """When a WebSocket's client asked, on the monotonic clock."""
    request_id: str = ""
    """The id of what it asked."""
    socket_s: float = 0.0
    """How long its connection was open."""

    @property
    def link(self) -> str | None:
        return str(self.report["link"]["url"]) if self.report and self.report.get("link") else None

    @property
    def pace_s(self) -> int:
        """The pace that the service told for a report as old as this was at its end."""
        assert self.report is not None
        created = _time(self.report["createdAt"])
        aged = Report(**_NAMELESS, created_at=created, expires_at=created)
        return pace_s(aged, _time(self.report["finishedAt"]))

    @property
    def lag_s(self) -> float:
        """How long after the end of the work the client had the link."""
        assert self.report is not None
        return (self.known_at - _time(self.report["finishedAt"])).total_seconds()


_NAMELESS: Mapping[str, Any] = {"report_id": "", "owner": "", "definition": "", "parameters": {}, "format": ""}

Way = Callable[[Place, Order], Awaitable[Outcome]]


async def synchronous(place: Place, order: Order) -> Outcome:
    """Ask for it in one request, and wait for the answer."""
    async with open_http(place) as http:
        answer = await http.post(f"{place.rest}/reports/synchronous", json=order.body)
        if answer.status_code != HTTPStatus.CREATED:
            return Outcome(known_at=datetime.now(UTC), status=answer.status_code, body=answer.text)
        return _ended(answer.json())


def short_polling(pace_s: float | None) -> Way:
    """Return the way that asks each so many seconds; None for the pace that the service tells."""

    async def poll(place: Place, order: Order) -> Outcome:
        async with open_http(place) as http:
            return _ended(await polled(http, place, await _submit(http, place, order), pace_s))

    return poll


async def polled(
    http: httpx.AsyncClient, place: Place, answer: httpx.Response, pace_s: float | None = None
) -> dict[str, Any]:
    """Return the last snapshot of the report in an answer, by asking again and again."""
    url = _address(place, answer)
    while not _has_ended(answer):
        await asyncio.sleep(pace_s or float(answer.headers["retry-after"]))
        answer = _checked(await http.get(url))
    return dict(answer.json())


async def long_polling(place: Place, order: Order) -> Outcome:
    """Ask for the end, and have the answer held back until there is one or the service's patience is over."""
    async with open_http(place) as http:
        return _ended(await waited_for(http, place, await _submit(http, place, order)))


async def waited_for(http: httpx.AsyncClient, place: Place, answer: httpx.Response) -> dict[str, Any]:
    """Return the last snapshot of the report in an answer, by waits."""
    url = f"{_address(place, answer)}?until=end"
    while answer.status_code == HTTPStatus.NOT_MODIFIED or not _has_ended(answer):
        known = {"If-None-Match": answer.headers["etag"], "Prefer": f"wait={LONGEST_WAIT_S}"}
        held = await http.get(url, headers=known)
        if held.status_code != HTTPStatus.SERVICE_UNAVAILABLE:  # the gateway's patience ended first: ask again
            answer = _checked(held)
    return dict(answer.json())


async def server_sent_events(place: Place, order: Order) -> Outcome:
    """Ask for it, and read its events until the last."""
    async with open_http(place) as http:
        return _ended(await listened_to(http, place, await _submit(http, place, order)))


async def listened_to(http: httpx.AsyncClient, place: Place, answer: httpx.Response) -> dict[str, Any]:
    """Return the last snapshot of the report in an answer, by its events; come back where a stream ends before that."""
    report: dict[str, Any] = answer.json()
    url = f"{place.events}/reports/{report['reportId']}/events"
    headers: dict[str, str] = {}
    while not is_terminal(report["state"]):
        async with http.stream("GET", url, headers=headers) as stream:
            _checked(stream)
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    report = json.loads(line.removeprefix("data: "))
        headers = {"Last-Event-ID": str(report["revision"])}
    return report


async def fallback(place: Place, order: Order) -> Outcome:
    """Do as the desktop does where no WebSocket gets through: ask for changes at the told pace."""
    signer = Signer(place.profile)

    async def sign(method: str, url: str, body: bytes) -> Mapping[str, str]:
        return signer.sign(method, url, body)

    async with polling.connect(place.profile, sign, Timing()) as line:
        await line.send(_request(order, "1"))
        return _ended(await _last(line))


async def websocket(place: Place, order: Order) -> Outcome:
    """Ask on a WebSocket, and listen."""
    opened_at = time.monotonic()
    async with connected(place.profile) as connection:
        request_id, asked_at = str(uuid.uuid4()), time.monotonic()
        await connection.send(_request(order, request_id))
        outcome = _ended(await _last(connection))
    socket_s = time.monotonic() - opened_at
    return replace(outcome, asked_at=asked_at, request_id=request_id, socket_s=socket_s)


SYNCHRONOUS, SOCKET = "synchronous REST", "**WebSocket**"
TOLD, FALLBACK = "short polling, told pace", "the desktop's fallback"
LONG, EVENTS = "long polling", "Server-Sent Events"
WAYS: Mapping[str, Way] = {
    SYNCHRONOUS: synchronous,
    "short polling, 1 s": short_polling(1),
    "short polling, 2 s": short_polling(2),
    "short polling, 5 s": short_polling(5),
    TOLD: short_polling(None),
    FALLBACK: fallback,
    LONG: long_polling,
    EVENTS: server_sent_events,
    SOCKET: websocket,
}


@contextlib.asynccontextmanager
async def open_http(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client that signs."""
    options: Any = {"auth": Signature(place.profile), "trust_env": False, "verify": False, "timeout": HANG_S}
    kept = httpx.Limits(keepalive_expiry=KEPT_S)
    async with httpx.AsyncClient(limits=kept, **options) as http:
        yield http


async def _submit(http: httpx.AsyncClient, place: Place, order: Order) -> httpx.Response:
    return _checked(await http.post(f"{place.profile.https}/reports", json=order.body))


def _address(place: Place, submitted: httpx.Response) -> str:
    return f"{place.profile.https}/reports/{submitted.json()['reportId']}"


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.status_code not in {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NOT_MODIFIED}:
        raise Unexpected(f"{answer.request.method} {answer.request.url}: {answer.status_code}")
    return answer


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _has_ended(answer: httpx.Response) -> bool:
    return is_terminal(answer.json()["state"])


def _request(order: Order, request_id: str) -> str:
    return json.dumps({"action": "generateReport", "requestId": request_id, "data": order.body})


async def _last(frames: AsyncIterable[str | bytes]) -> dict[str, Any]:
    """Return the last snapshot of a line that has one report."""
    async for frame in frames:
        message = decode_message(frame)
        if not isinstance(message, ReportMessage):
            raise Unexpected(f"no report: {message}")
        if is_terminal(message.report.state):
            return dict(msgspec.to_builtins(message.report))
    raise Unexpected("the line ended before the report")


def _ended(report: dict[str, Any]) -> Outcome:
    outcome = Outcome(known_at=datetime.now(UTC), report=report)
    if outcome.link is None:
        raise Unexpected(f"a report without a link: {report}")
    return outcome
