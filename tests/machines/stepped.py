"""The ports of the service, on the fakes, as a task meets them: each call stands still, may fail, and is written down.

use case ──▶ **SteppedStore**, **SteppedUpload** … ──▶ fakes, ledger
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn

from backend.catalog.definition import Definition, Run
from backend.domain.report import Report
from backend.domain.steps import Change
from backend.protocol.messages import Progress
from backend.service.ports import DefinitionFailed, Delivery, InvocationRefused, Page, Stored, StoreUnavailable
from tests.backend.fakes import FakeUpload, World
from tests.machines.ledger import Kind, Ledger, Writer
from tests.machines.turns import Task, Turns


def _unavailable() -> NoReturn:
    raise StoreUnavailable("throttled")


def _broken() -> NoReturn:
    raise OSError("the bucket is away")


def _refused() -> NoReturn:
    raise InvocationRefused("throttled")


class SteppedStore:
    """A `ports.ReportStore`."""

    def __init__(self, machinery: "Machinery") -> None:
        self._all = machinery
        self._fake = machinery.world.reports

    def put_new(self, report: Report, now: datetime) -> Report | None:
        return self._call(lambda: self._put(report, now))

    def get(self, report_id: str, now: datetime) -> Report | None:
        return self._call(lambda: self._fake.get(report_id, now))

    def change(self, report_id: str, change: Change) -> Report | None:
        return self._call(lambda: self._change(report_id, change))

    def watch(self, report_id: str, owner: str, connection_id: str, now: datetime) -> Report | None:
        return self._call(lambda: self._fake.watch(report_id, owner, connection_id, now))

    def unwatch(self, report_id: str, connection_id: str) -> None:
        self._all.turns.call(lambda: self._fake.unwatch(report_id, connection_id), lambda: None)

    def page(self, owner: str, before: str | None, limit: int, now: datetime) -> Page:
        return self._all.turns.call(lambda: self._fake.page(owner, before, limit, now), _unavailable)

    def active_ids(self, owner: str) -> tuple[str, ...]:
        return self._all.turns.call(lambda: self._fake.active_ids(owner), _unavailable)

    def _call(self, act: Callable[[], Report | None]) -> Report | None:
        return self._all.turns.call(act, _unavailable)

    def _put(self, report: Report, now: datetime) -> Report | None:
        known = self._fake.put_new(report, now)
        if known is None:
            self._all.ledger.put(report)
        return known

    def _change(self, report_id: str, change: Change) -> Report | None:
        before = self._fake.rows.get(report_id)
        after = self._fake.change(report_id, change)
        if before is not None and after is not None:
            self._all.ledger.changed(self._all.writer, change.step, before, after, self._all.world.clock())
        return after


@dataclass(eq=False)
class SteppedUpload:
    """A `ports.Upload`."""

    turns: Turns
    file: FakeUpload
    task: Task | None
    is_left: bool = False
    """Its abort failed: the bucket's lifecycle rule clears up."""

    @property
    def size_bytes(self) -> int:
        return self.file.size_bytes

    @property
    def stored_bytes(self) -> int:
        return self.file.stored_bytes

    def write(self, data: bytes) -> None:
        self.turns.call(lambda: self.file.write(data), _broken)

    def complete(self) -> Stored:
        return self.turns.call(self.file.complete, _broken)

    def abort(self) -> None:
        self.turns.call(self.file.abort, self._leave)

    def _leave(self) -> None:
        self.is_left = True

    @property
    def is_open(self) -> bool:
        return bool(self.file.data) and not self.file.completed and not self.file.aborted


@dataclass(eq=False)
class Event:
    """An asynchronous invocation; Lambda repeats it once after a fault, then hands it to the destination."""

    report_id: str
    invocation: str
    created_at: datetime
    tries_left: int = 2


@dataclass
class Machinery:
    """The use cases on stepped ports."""

    world: World = field(default_factory=World)
    turns: Turns = field(default_factory=Turns)
    ledger: Ledger = field(default_factory=Ledger)
    uploads: list[SteppedUpload] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    runs: int = 0
    writers: dict[Task, Writer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.catalog = {"sample": _definition(self)}
        self.world.compose(
            reports=SteppedStore(self), results=self, push=self.push, invoke=self.invoke, sleep=self.sleep
        )
        self.submit, self.watch, self.cancel = self.world.submit, self.world.watch, self.world.cancel
        self.execution, self.abandonment = self.world.execution, self.world.abandonment

    @property
    def writer(self) -> Writer:
        """Who writes now: a task, or the last read, which nothing interrupts."""
        return self.writers[self.turns.current] if self.turns.current else Writer(Kind.CALLER)

    def task(self, writer: Writer, run: Callable[[], None]) -> Task:
        task = Task(self.turns, run)
        self.writers[task] = writer
        return task

    def push(self, connection_id: str, frame: bytes) -> Delivery:
        self.ledger.pushed(frame)
        return self.turns.call(lambda: Delivery.DELIVERED, lambda: self._lose(connection_id))

    def _lose(self, connection_id: str) -> Delivery:
        return Delivery.GONE if connection_id.endswith("gone") else Delivery.UNDELIVERED

    def sleep(self, seconds: float) -> None:
        """Wait until time has passed for all, which others may use before."""
        until = self.world.clock() + timedelta(seconds=seconds)
        self.turns.call(lambda: None, lambda: None)
        self.world.clock.now = max(self.world.clock.now, until)

    def invoke(self, report_id: str, invocation: str) -> None:
        self.turns.call(lambda: self._queue(report_id, invocation), _refused)

    def _queue(self, report_id: str, invocation: str) -> None:
        self.events.append(Event(report_id, invocation, self.world.clock()))

    def open(self, key: str, file_name: str, content_type: str) -> SteppedUpload:
        """Be the `ResultStore`; opening sends nothing."""
        file = self.world.results.open(key, file_name, content_type)
        self.uploads.append(SteppedUpload(self.turns, file, self.turns.current))
        return self.uploads[-1]

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self.world.results.put(key, data, content_type)

    def sign(self, key: str, file_name: str, lifetime_s: int) -> str:
        return self.world.results.sign(key, file_name, lifetime_s)


def _definition(machinery: Machinery) -> Definition:
    def run(run: Run) -> int:
        machinery.runs += 1
        mark = f"{machinery.runs}\n".encode()  # no two runs make the same file
        run.progress(Progress(stage="writing", completed=0, total=2, unit="rows"))
        run.write(mark)
        run.wait(1.0)
        run.progress(Progress(stage="writing", completed=1, total=2, unit="rows"))
        if run.parameters["fails"]:
            raise DefinitionFailed("There is no such month.")
        run.write(mark)
        return 2

    schema = {"type": "object", "properties": {"fails": {"type": "boolean", "default": False}}}
    return Definition(id="sample", title="", description="", parameters=schema, formats=("csv",), run=run)
