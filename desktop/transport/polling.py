"""The conversation over plain HTTPS, where no WebSocket gets through: the same frames, asked for.

client ── frames ──▶ **connect** ──▶ requests to the HTTP door
HTTP door ── answers; changes, asked for at the told pace ──▶ **connect** ── frames ──▶ client
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Struct

from backend.protocol import quotas
from backend.protocol.codec import decode_request, encode
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import (
    CancelReport,
    CatalogMessage,
    DefinitionInfo,
    DescribeCatalog,
    ErrorCode,
    ErrorMessage,
    GenerateReport,
    ListReports,
    Ping,
    PongMessage,
    ReportMessage,
    ReportsMessage,
    Request,
    ServiceMessage,
    Snapshot,
    WatchReports,
)
from backend.protocol.refusals import RefusedRequest
from desktop.sign_in.profiles import Profile
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.https import HttpDoor, Reply
from desktop.transport.line import Sign
from desktop.transport.timing import Timing

FASTEST_S, SLOWEST_S = 1.0, 30.0
"""The service is asked so often, whatever it says; where it says nothing, most seldom."""

T = TypeVar("T")


class _Page(msgspec.Struct):
    reports: tuple[Snapshot, ...]
    next: str | None = None

    @property
    def message(self) -> ReportsMessage:
        return ReportsMessage(reports=self.reports, next=self.next)


class _Catalog(msgspec.Struct):
    definitions: tuple[DefinitionInfo, ...]
    next: str | None = None

    @property
    def message(self) -> CatalogMessage:
        return CatalogMessage(definitions=self.definitions, next=self.next)


class _Changes(msgspec.Struct, rename="camel"):
    reports: tuple[Snapshot, ...] = ()
    missing: tuple[str, ...] = ()
    retry_after: float | None = None


@asynccontextmanager
async def connect(profile: Profile, sign: Sign, timing: Timing) -> AsyncIterator["PollingLine"]:
    """Open the HTTP door of a profile that has one, for as long as the block lasts.

    Raises:
        ConnectionFailed: It is out of reach, within the block too.
    """
    if profile.https is None:
        raise ConnectionFailed(Outage(Remedy.WAIT, "The profile names no address for HTTPS."))
    async with HttpDoor(profile.https, sign, timing) as door:
        line = PollingLine(door)
        try:
            yield line
        finally:
            await line.close()


class PollingLine:
    """A line whose frames are answers to requests, and news of the reports that were seen on it and have not ended."""

    def __init__(self, door: HttpDoor) -> None:
        self._door = door
        self._frames: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self._followed: dict[str, _Followed] = {}
        """Reports that have not ended, by id."""
        self._asked_at = 0.0
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._spawn(self._follow)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield frames until the line is closed. Raises `ConnectionFailed`."""
        while (frame := await self._frames.get()) is not None:
            if isinstance(frame, Exception):
                raise frame
            yield frame

    async def send(self, frame: str) -> None:
        """Carry out a request; its answer comes as a frame. What the service would refuse is refused here."""
        try:
            request = decode_request(frame)
        except RefusedRequest as refused:
            self._hear(ErrorMessage(error=refused.error, request_id=refused.request_id or UNSET))
        else:
            self._spawn(partial(self._answer, request))

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._frames.put_nowait(None)

    def _spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as failed:  # noqa: BLE001  raised where the frames are read
            self._frames.put_nowait(failed)

    async def _answer(self, request: Request) -> None:
        message = await self._carry_out(request)
        answered = UNSET if request.request_id is None else request.request_id
        self._hear(msgspec.structs.replace(message, request_id=answered))

    async def _carry_out(self, request: Request) -> ServiceMessage:
        match request.data:
            case GenerateReport() as data:
                return _report(await self._generate(data))
            case WatchReports(report_ids=report_ids):
                return await self._look(report_ids)
            case CancelReport(report_id=report_id):
                return _report(await self._door.ask("POST", f"/reports/{report_id}/cancel"))
            case ListReports(before=before, limit=limit):
                query = f"?limit={limit}" if before is None else f"?before={quote(before, safe='')}&limit={limit}"
                page = await self._door.ask("GET", f"/reports{query}")
                return _refusal(page) or _read(page, _Page).message
            case DescribeCatalog(after=after):
                query = "" if after is None else f"?after={quote(after, safe='')}"
                catalog = await self._door.ask("GET", f"/catalog{query}")
                return _refusal(catalog) or _read(catalog, _Catalog).message
            case Ping():
                await self._door.greet()
                return PongMessage()

    async def _generate(self, data: GenerateReport) -> Reply:
        order = {name: value for name, value in msgspec.to_builtins(data).items() if value is not None}
        report_id = order.pop("reportId", None)
        if report_id is None:  # not to be repeated: each makes another report
            return await self._door.ask("POST", "/reports", order, attempts=1)
        return await self._door.ask("PUT", f"/reports/{report_id}", order)

    async def _look(self, report_ids: Iterable[str]) -> ServiceMessage:
        """Look at each report, with a fresh link where it has ended."""
        ids = tuple(report_ids)
        replies = await _all_of([partial(self._door.ask, "GET", f"/reports/{report_id}") for report_id in ids])
        found = tuple(_read(reply, Snapshot) for reply in replies if reply.error is None)
        errors = {report_id: reply.error for report_id, reply in zip(ids, replies, strict=True) if reply.error}
        others = [error for error in errors.values() if error.code != ErrorCode.NOT_FOUND]
        if others and not found:
            return ErrorMessage(error=others[0])
        return ReportsMessage(
            reports=found,
            missing=tuple(i for i, error in errors.items() if error.code == ErrorCode.NOT_FOUND),
        )

    async def _follow(self) -> None:
        """Ask for changes of what has not ended, at the service's pace."""
        now = asyncio.get_running_loop().time
        while True:
            self._changed.clear()
            pace_s = min((each.pace_s for each in self._followed.values()), default=None)
            left_s = None if pace_s is None else self._asked_at + pace_s - now()
            if left_s is None or left_s > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left_s):
                        await self._changed.wait()
                continue
            self._asked_at = now()
            for ids in _chunks(tuple(self._followed)):
                await self._ask_for_changes(ids)

    async def _ask_for_changes(self, ids: tuple[str, ...]) -> None:
        known = {i: self._followed[i].revision for i in ids if i in self._followed}
        watch = "~".join(f"{report_id}.{revision}" for report_id, revision in known.items())
        reply = await self._door.ask("GET", f"/changes?watch={watch}", is_vital=True)
        changes = _Changes() if reply.error else _read(reply, _Changes)
        told_s = reply.error.retry_after if reply.error else changes.retry_after
        for report_id in known.keys() & self._followed.keys():
            self._followed[report_id].pace_s = _pace_s(told_s)
        for snapshot in changes.reports:
            self._hear(ReportMessage(report=snapshot))
        if changes.missing:
            self._hear(ReportsMessage(reports=(), missing=changes.missing))

    def _hear(self, message: ServiceMessage) -> None:
        match message:
            case ReportMessage(report=snapshot):
                self._note(snapshot)
            case ReportsMessage(reports=snapshots, missing=missing):
                for snapshot in snapshots:
                    self._note(snapshot)
                for report_id in missing:
                    self._followed.pop(report_id, None)
        self._frames.put_nowait(encode(message))

    def _note(self, snapshot: Snapshot) -> None:
        """Follow a report until it has ended."""
        known = self._followed.pop(snapshot.report_id, None)
        if is_terminal(snapshot.state):
            return
        if not self._followed and known is None:
            self._asked_at = asyncio.get_running_loop().time()
        revision = max(snapshot.revision, known.revision if known else 0)
        self._followed[snapshot.report_id] = _Followed(revision, _pace_s(snapshot.retry_after))
        self._changed.set()


class _Followed(Struct):
    """The latest revision of a report that was seen, and how often the service says that there is more."""

    revision: int
    pace_s: float


def _pace_s(told_s: float | None) -> float:
    return SLOWEST_S if told_s is None else min(max(told_s, FASTEST_S), SLOWEST_S)


async def _all_of(asks: Iterable[Callable[[], Awaitable[Reply]]]) -> list[Reply]:
    """Ask all at once; the first failure ends the others."""
    tasks = [asyncio.ensure_future(ask()) for ask in asks]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _chunks(ids: tuple[str, ...]) -> list[tuple[str, ...]]:
    size = quotas.REPORT_IDS_PER_WATCH
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _report(reply: Reply) -> ServiceMessage:
    return _refusal(reply) or ReportMessage(report=_read(reply, Snapshot))


def _refusal(reply: Reply) -> ErrorMessage | None:
    return None if reply.error is None else ErrorMessage(error=reply.error)


def _read(reply: Reply, kind: type[T]) -> T:
    """Read a document of the service. Raises `ConnectionFailed` if it is none."""
    try:
        return msgspec.json.decode(reply.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConnectionFailed(Outage(Remedy.WAIT, "The service's answer cannot be read.")) from error
