"""Stand-ins for everything outside the service: stores in memory, time that moves when told."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace

from backend import reports
from backend.catalog.definition import Catalog
from backend.catalog.loading import load
from backend.domain.caller import Caller, SignIn
from backend.domain.report import Report
from backend.domain.steps import Change, is_met
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile
from backend.engine.distributed.engine import Distribution, ReportEngine
from backend.engine.export import DuckEngine
from backend.engine.layout import FILE_NAME, decode
from backend.protocol import quotas
from backend.protocol.codec import decode_message
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import GenerateReport, ServiceMessage
from backend.service.announcing import Announcer
from backend.service.ports import Delivery, InvalidCursor, InvocationRefused, Page, Stored
from backend.wiring import (
    for_events,
    for_failures,
    for_http_router,
    for_router,
    for_synchronous,
    for_worker,
    use_cases,
)
from backend.wiring.settings import (
    EventsSettings,
    FailuresSettings,
    HttpSettings,
    RouterSettings,
    SynchronousSettings,
    WorkerSettings,
)

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
REPORT_TTL = timedelta(days=30)
FILE_TTL = timedelta(days=7)
LINK_TTL = timedelta(minutes=15)
EVENT_MAX_AGE = timedelta(minutes=30)
MAX_ACTIVE = 5
MESSAGES_PER_SECOND = SUBMISSIONS_PER_MINUTE = 1_000_000
"""Never met by tests of anything else."""

CATALOG = cache(lambda: load(reports))

ANNA = Caller("arn:aws:iam::111122223333:user/anna", "conn-anna")
BERT = Caller("arn:aws:iam::111122223333:user/bert", "conn-bert")


class FakeClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class FakeReportStore:
    def __init__(self) -> None:
        self.rows: dict[str, Report] = {}
        self.before_change: Callable[[str, Change], None] = lambda _report_id, _change: None

    def put_new(self, report: Report, now: datetime) -> Report | None:
        known = self.get(report.report_id, now)
        if known is None:
            self.rows[report.report_id] = report
        return known

    def get(self, report_id: str, now: datetime) -> Report | None:
        row = self.rows.get(report_id)
        return row if row and row.expires_at > now else None

    def get_all(self, report_ids: Iterable[str], now: datetime) -> Mapping[str, Report]:
        rows = ((report_id, self.get(report_id, now)) for report_id in report_ids)
        return {report_id: row for report_id, row in rows if row}

    def change(self, report_id: str, change: Change) -> Report | None:
        self.before_change(report_id, change)
        row = self.rows.get(report_id)
        if row is None or not any(is_met(condition, row) for condition in change.when):
            return None
        added = {name: getattr(row, name) + more for name, more in change.adds.items()}
        revision = row.revision + 1
        begun = {"state_revision": revision} if change.is_beginning else {}
        first = {name: value for name, value in change.begins.items() if getattr(row, name) is None}
        changed = {**change.sets, **first, **added, **begun}
        self.rows[report_id] = replace(row, state=change.state, revision=revision, **changed)
        return self.rows[report_id]

    def watch(self, report_id: str, owner: str, connection_id: str, now: datetime) -> Report | None:
        row = self.get(report_id, now)
        if row is None or row.owner != owner:
            return None
        if is_terminal(row.state) or len(row.watchers - {connection_id}) >= quotas.WATCHERS_PER_REPORT:
            return row
        self.rows[report_id] = replace(row, watchers=row.watchers | {connection_id})
        return self.rows[report_id]

    def unwatch(self, report_id: str, connection_id: str) -> None:
        if row := self.rows.get(report_id):
            self.rows[report_id] = replace(row, watchers=row.watchers - {connection_id})

    def active_ids(self, owner: str) -> tuple[str, ...]:
        return tuple(i for i, row in self.rows.items() if row.owner == owner and not is_terminal(row.state))

    def page(self, owner: str, before: str | None, limit: int, now: datetime, state: State | None = None) -> Page:
        own = [row for row in self.rows.values() if row.owner == owner and row.expires_at > now]
        own = [row for row in own if state in {None, row.state}]
        own.sort(key=lambda row: (row.created_at, row.report_id), reverse=True)
        if before is not None:
            try:
                created_at, report_id = before.split(" ")
                last = datetime.fromisoformat(created_at), report_id
            except ValueError as error:
                raise InvalidCursor(before) from error
            own = [row for row in own if (row.created_at, row.report_id) < last]
        end = own[limit - 1] if len(own) > limit else None
        return Page(tuple(own[:limit]), f"{end.created_at.isoformat()} {end.report_id}" if end else None)


class FakeConnectionStore:
    def __init__(self) -> None:
        self.rows: dict[str, tuple[SignIn, datetime]] = {}

    def put(self, connection_id: str, sign_in: SignIn, now: datetime) -> None:
        self.rows[connection_id] = sign_in, now + timedelta(hours=1)

    def renew(self, connection_id: str, now: datetime) -> SignIn | None:
        sign_in, expires_at = self.rows.get(connection_id, (SignIn(""), now))
        if expires_at <= now:
            return None
        self.put(connection_id, sign_in, now)
        return sign_in

    def delete(self, connection_id: str) -> None:
        self.rows.pop(connection_id, None)


@dataclass
class FakeUpload:
    objects: dict[str, bytes]
    key: str
    data: bytearray = field(default_factory=bytearray)
    aborted: bool = False
    completed: bool = False

    @property
    def size_bytes(self) -> int:
        return len(self.data)

    @property
    def stored_bytes(self) -> int:
        return len(self.data)

    def write(self, data: bytes) -> None:
        self.data += data

    def complete(self) -> Stored:
        self.objects[self.key] = bytes(self.data)
        self.completed = True
        return Stored(len(self.data), hashlib.sha256(self.data).hexdigest())

    def abort(self) -> None:
        self.aborted = not self.completed


class FakeResultStore:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: list[FakeUpload] = []

    def open(self, key: str, _file_name: str, _content_type: str) -> FakeUpload:
        self.uploads.append(FakeUpload(self.objects, key))
        return self.uploads[-1]

    def put(self, key: str, data: bytes, _content_type: str) -> None:
        self.objects[key] = data

    def sign(self, key: str, _file_name: str, lifetime_s: int) -> str:
        return f"https://files.example/{key}?X-Amz-Signature=secret&lifetime={lifetime_s}"


class FakeDatasetStore:
    """Parquet files in memory."""

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        self.contents = dict(contents or {})
        """By name: `flights/flights.parquet`."""
        self.ranges: list[tuple[str, int, int]] = []
        """What was read: name, start and length."""
        self.error: Exception | None = None
        """Raised instead of reading."""

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        if f"{dataset}/{FILE_NAME}" in self.contents:
            layout = decode(self.contents[f"{dataset}/{FILE_NAME}"])
            return tuple(
                DatasetFile(f"{dataset}/{part.path}", part.size_bytes, START, "etag", layout, part)
                for part in layout.parts
            )
        return tuple(
            DatasetFile(name, len(content), START, "etag")
            for name, content in sorted(self.contents.items())
            if name.startswith(f"{dataset}/")
        )

    @property
    def files_read(self) -> list[str]:
        """The names of the files of which anything was read, each once."""
        return list(dict.fromkeys(name for name, _, _ in self.ranges))

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        if self.error:
            raise self.error
        self.ranges.append((file.name, start, length))
        return self.contents[file.name][start : start + length]


class FakeCounter:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.error: Exception | None = None

    def __call__(self, name: str, until: datetime) -> int:
        if self.error:
            raise self.error
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]


class FakePush:
    def __init__(self) -> None:
        self.frames: list[tuple[str, ServiceMessage]] = []
        self.outcomes: list[Delivery] = []
        """What becomes of the next posts; once they are used up, all are delivered."""
        self.gone: set[str] = set()
        self.judge: Callable[[bytes], None] = lambda _frame: None
        """Looks at each frame."""

    def __call__(self, connection_id: str, frame: bytes) -> Delivery:
        self.judge(frame)
        if connection_id in self.gone:
            return Delivery.GONE
        outcome = self.outcomes.pop(0) if self.outcomes else Delivery.DELIVERED
        if outcome is Delivery.DELIVERED:
            self.frames.append((connection_id, decode_message(frame)))
        return outcome

    def to(self, connection_id: str) -> list[ServiceMessage]:
        return [message for receiver, message in self.frames if receiver == connection_id]


class FakeInvoke:
    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        """Ids of reports and of the events that are to start them."""
        self.is_refusing = False

    def __call__(self, report_id: str, invocation: str) -> None:
        if self.is_refusing:
            raise InvocationRefused("throttled")
        self.events.append((report_id, invocation))


ROUTER_SETTINGS = RouterSettings(
    reports_table="reports",
    management_endpoint="https://api.example/test",
    metrics_namespace="Reportwire/test",
    connections_table="connections",
    reports_bucket="reports",
    worker_function="worker",
    link_ttl_s=int(LINK_TTL.total_seconds()),
    report_ttl_s=int(REPORT_TTL.total_seconds()),
    max_active_reports=MAX_ACTIVE,
    event_max_age_s=int(EVENT_MAX_AGE.total_seconds()),
    messages_per_second=MESSAGES_PER_SECOND,
    submissions_per_minute=SUBMISSIONS_PER_MINUTE,
)
MAX_WAITERS = 1_000
HTTP_SETTINGS = HttpSettings(**dataclasses.asdict(ROUTER_SETTINGS), max_waiters=MAX_WAITERS)
SYNCHRONOUS_SETTINGS = SynchronousSettings(**dataclasses.asdict(ROUTER_SETTINGS))
EVENTS_SETTINGS = EventsSettings(
    reports_table="reports",
    management_endpoint="https://api.example/test",
    metrics_namespace="Reportwire/test",
    connections_table="connections",
    reports_bucket="reports",
    link_ttl_s=int(LINK_TTL.total_seconds()),
    event_max_age_s=int(EVENT_MAX_AGE.total_seconds()),
    messages_per_second=MESSAGES_PER_SECOND,
)
FAILURES_SETTINGS = FailuresSettings(
    reports_table="reports",
    management_endpoint="https://api.example/test",
    metrics_namespace="Reportwire/test",
    event_max_age_s=int(EVENT_MAX_AGE.total_seconds()),
)
WORKER_SETTINGS = WorkerSettings(
    reports_table="reports",
    management_endpoint="https://api.example/test",
    metrics_namespace="Reportwire/test",
    reports_bucket="reports",
    datasets_bucket="datasets",
    link_ttl_s=int(LINK_TTL.total_seconds()),
    file_ttl_s=int(FILE_TTL.total_seconds()),
    worker_memory_mb=256,
    worker_storage_mb=512,
    posts_aside=False,
)


class World:
    """The whole service on fakes, put together as on AWS."""

    def __init__(self, definitions: Catalog | None = None) -> None:
        self.clock = FakeClock()
        self.reports = FakeReportStore()
        self.connections = FakeConnectionStore()
        self.results = FakeResultStore()
        self.push = FakePush()
        self.invoke = FakeInvoke()
        self.datasets = FakeDatasetStore()
        self.distribute(None)
        self.catalog = definitions or CATALOG()
        self.counter = FakeCounter()
        self.settings = ROUTER_SETTINGS
        self.http_settings = HTTP_SETTINGS
        self.events_settings = EVENTS_SETTINGS
        self.compose()

    def distribute(self, distribution: Distribution | None) -> None:
        """Have a distributed engine, or none; `compose` puts it in its place."""
        self.engine = ReportEngine(DuckEngine(self.datasets, Limits(memory_mb=256, storage_mb=512)), distribution)

    def compose(self, **adapters: Any) -> None:
        """Put the use cases together, on other adapters than the fakes where some are given."""
        known = {**vars(self), "count": self.counter, "sleep": self.clock.sleep, **adapters}

        def of(needed: type) -> dict[str, Any]:
            return {each.name: known[each.name] for each in dataclasses.fields(needed) if each.name in known}

        front = use_cases.Adapters(**of(use_cases.Adapters))
        self.router = for_router.compose(front, self.settings, self.catalog)
        self.http = for_http_router.compose(front, self.http_settings, self.catalog)
        self.synchronous = for_synchronous.compose(front, SYNCHRONOUS_SETTINGS, self.catalog)
        self.events = for_events.compose(for_events.Adapters(**of(for_events.Adapters)), self.events_settings)
        self.execution = for_worker.compose(
            for_worker.Adapters(**of(for_worker.Adapters)), WORKER_SETTINGS, self.catalog
        )
        self.abandonment = for_failures.compose(for_failures.Adapters(**of(for_failures.Adapters)), FAILURES_SETTINGS)

    @property
    def announcer(self) -> Announcer:
        return self.execution.announcer

    def submit(self, caller: Caller, request: GenerateReport) -> Report:
        return self.router.answering.submission.submit(caller, request, self.clock()).report

    def watch(self, caller: Caller, report_ids: Iterable[str]) -> tuple[tuple[Report, ...], tuple[str, ...]]:
        return self.router.answering.reading.watch(caller, report_ids, self.clock())

    def cancel(self, caller: Caller, report_id: str) -> Report:
        return self.router.answering.cancelling.cancel(caller, report_id, self.clock())

    def execute(self, report_id: str, invocation: str = "invocation-1", lifetime_s: float = 900.0) -> None:
        end = self.clock() + timedelta(seconds=lifetime_s)
        self.execution.execute(report_id, invocation, lambda: (end - self.clock()).total_seconds())
