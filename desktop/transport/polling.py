"""The conversation over plain HTTPS, where no WebSocket gets through: the same frames, asked for.

client ── frames ──▶ **connect** ──▶ requests to the HTTP door
HTTP door ── answers; changes, asked for at the told pace ──▶ **connect** ── frames ──▶ client
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec import UNSET

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
from desktop.sign_in.profiles import Profile
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.https import HttpDoor, Reply
from desktop.transport.line import Sign
from desktop.transport.timing import Timing

SLOWEST_S = 30.0
"""A service that names no pace is asked so often."""

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
        self._open: dict[str, int] = {}
        """Reports that have not ended, with the latest revision that was seen."""
        self._pace_s = SLOWEST_S
        self._is_sooner = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._spawn(self._follow())

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield frames until the line is closed. Raises `ConnectionFailed`."""
        while (frame := await self._frames.get()) is not None:
            if isinstance(frame, Exception):
                raise frame
            yield frame

    async def send(self, frame: str) -> None:
        """Carry out a request; its answer comes as a frame."""
        self._spawn(self._answer(decode_request(frame)))

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._frames.put_nowait(None)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as failed:  # noqa: BLE001  raised where the frames are read
            self._frames.put_nowait(failed)

    async def _answer(self, request: Request) -> None:
        message = await self._carry_out(request)
        answered = UNSET if request.request_id is None else request.request_id
        self._hear(msgspec.structs.replace(message, request_id=answered))

    async def _carry_out(self, request: Request) -> ServiceMessage:
        match request.data:
            case GenerateReport() as data:
                order = {name: value for name, value in msgspec.to_builtins(data).items() if value is not None}
                report_id = order.pop("reportId", None)
                where = ("POST", "/reports") if report_id is None else ("PUT", f"/reports/{report_id}")
                return _report(await self._door.ask(*where, order))
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
                return _refusal(await self._door.ask("HEAD", "/catalog")) or PongMessage()

    async def _look(self, report_ids: Iterable[str]) -> ServiceMessage:
        """Look at each report, with a fresh link where it has ended."""
        ids = tuple(report_ids)
        replies = await asyncio.gather(*(self._door.ask("GET", f"/reports/{report_id}") for report_id in ids))
        found = tuple(_read(reply, Snapshot) for reply in replies if reply.error is None)
        errors = {report_id: reply.error for report_id, reply in zip(ids, replies, strict=True) if reply.error}
        others = (error for error in errors.values() if error.code != ErrorCode.NOT_FOUND)
        if (error := next(others, None)) is not None:
            return ErrorMessage(error=error)
        return ReportsMessage(reports=found, missing=tuple(errors))

    async def _follow(self) -> None:
        """Ask for changes of what is open, at the service's pace."""
        while True:
            self._is_sooner.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace_s if self._open else None):
                    await self._is_sooner.wait()
                    continue
            pace_s = SLOWEST_S
            for known in _chunks(dict(self._open)):
                changes = await self._changes(known)
                pace_s = min(pace_s, changes.retry_after or SLOWEST_S)
            self._pace_s = pace_s

    async def _changes(self, known: dict[str, int]) -> _Changes:
        watch = "~".join(f"{report_id}.{revision}" for report_id, revision in known.items())
        reply = await self._door.ask("GET", f"/changes?watch={watch}")
        if reply.error is not None:
            return _Changes(retry_after=reply.error.retry_after)
        changes = _read(reply, _Changes)
        for snapshot in changes.reports:
            self._hear(ReportMessage(report=snapshot))
        if changes.missing:
            self._open = {key: value for key, value in self._open.items() if key not in changes.missing}
            self._hear(ReportsMessage(reports=(), missing=changes.missing))
        return changes

    def _hear(self, message: ServiceMessage) -> None:
        match message:
            case ReportMessage(report=snapshot):
                self._note(snapshot)
            case ReportsMessage(reports=snapshots):
                for snapshot in snapshots:
                    self._note(snapshot)
        self._frames.put_nowait(encode(message))

    def _note(self, snapshot: Snapshot) -> None:
        """Follow a report until it has ended; a new one may be asked for sooner than the others."""
        if is_terminal(snapshot.state):
            self._open.pop(snapshot.report_id, None)
            return
        is_new = snapshot.report_id not in self._open
        self._open[snapshot.report_id] = max(snapshot.revision, self._open.get(snapshot.report_id, 0))
        pace_s = float(snapshot.retry_after or SLOWEST_S)
        if is_new and (pace_s < self._pace_s or len(self._open) == 1):
            self._pace_s = min(self._pace_s, pace_s)
            self._is_sooner.set()


def _chunks(known: dict[str, int]) -> list[dict[str, int]]:
    items, size = list(known.items()), quotas.REPORT_IDS_PER_WATCH
    return [dict(items[start : start + size]) for start in range(0, len(items), size)]


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
