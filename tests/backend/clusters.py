"""Stand-ins for a distributed engine and the bucket it writes to, whose queries take as long as the clock says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.engine.datasets import DatasetFile
from backend.engine.distributed.cluster import ClusterBusy, Look, Phase, Reason
from backend.engine.layout import Layout
from backend.service.ports import DataUnreadable
from tests.backend.fakes import START, FakeClock

BUCKET = "s3://reports/"


class FakeLanding:
    """A `cluster.Landing`."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.error: Exception | None = None
        """Raised instead of deleting."""

    def address(self, folder: str) -> str:
        return f"{BUCKET}{folder}/"

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        return tuple(
            DatasetFile(name, len(content), START, "etag")
            for name, content in sorted(self.contents.items())
            if name.startswith(f"{dataset}/")
        )

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        if file.name not in self.contents:
            raise DataUnreadable(file.name)
        return self.contents[file.name][start : start + length]

    def delete(self, folder: str) -> None:
        if self.error:
            raise self.error
        self.contents = {name: data for name, data in self.contents.items() if not name.startswith(f"{folder}/")}


@dataclass
class FakeQuery:
    token: str
    sql: str
    target: str
    begun_at: datetime | None = None
    """None while it has not begun to run."""
    stopped_at: datetime | None = None
    looks: int = 0
    has_written: bool = False


@dataclass
class FakeCluster:
    """A `cluster.Cluster` whose queries take some seconds.

    As Athena does, it returns the query that there is for a token; as Trino does, with `is_lazy`, it begins to run a
    query with the first look, and takes a handle for one answer only, or for that answer again.
    """

    clock: FakeClock
    landing: FakeLanding
    files: tuple[bytes, ...] = ()
    """The files that a query leaves."""
    is_lazy: bool = False
    lasts_s: float = 10.0
    queued_s: float = 2.0
    rows: int = 1_000
    """How many it has looked at in the end."""
    reason: Reason | None = None
    """Why queries fail in the end."""
    left: dict[str, bytes] = field(default_factory=dict)
    """Files, by their names, that a query leaves however it ends, at once."""
    answers: list[Look | Exception] = field(default_factory=list)
    """The next answers, to whatever is asked."""
    queries: dict[str, FakeQuery] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    entered: dict[str, Layout] = field(default_factory=dict)
    """Layouts whose partitions it knows."""
    while_entering: Callable[[], object] = lambda: None
    refusals: dict[str, str] = field(default_factory=dict)
    """What it says of a query that has these words in it."""
    validated: list[str] = field(default_factory=list)
    name: str = "fake"

    @property
    def begun(self) -> list[FakeQuery]:
        return [query for query in self.queries.values() if query.begun_at is not None]

    @property
    def running(self) -> list[FakeQuery]:
        return [query for query in self.begun if self._phase(query) in {Phase.QUEUED, Phase.RUNNING}]

    def refusal(self, sql: str) -> str | None:
        self._answer()
        self.validated.append(sql)
        return next((sentence for words, sentence in self.refusals.items() if words in sql), None)

    def start(self, sql: str, target: str, token: str) -> str:
        self._answer()
        known = next((name for name, query in self.queries.items() if query.token == token), None)
        if known is not None and not self.is_lazy:
            return known
        name = f"q{len(self.queries)}"
        self.queries[name] = FakeQuery(token, sql, target, None if self.is_lazy else self.clock())
        return f"{name}/0" if self.is_lazy else name

    def enter_partitions(self, dataset: str, layout: Layout, tick: Callable[[], None]) -> None:
        self._answer()
        self.while_entering()
        tick()
        self.entered[dataset] = layout

    def look(self, handle: str) -> Look:
        scripted = self._answer()
        if scripted is not None:
            return scripted
        name, _, number = handle.partition("/")
        query = self.queries.get(name)
        if query is None or (self.is_lazy and query.looks - int(number) not in {0, 1}):
            return Look(handle=handle, phase=Phase.FAILED, reason=Reason.LOST)
        query.begun_at = query.begun_at or self.clock()
        query.looks = int(number or 0) + 1
        self.tables.add(query.token)
        return self._look(query, f"{name}/{query.looks}" if self.is_lazy else name)

    def stop(self, handle: str) -> None:
        self._answer()
        query = self.queries[handle.partition("/")[0]]
        if self._phase(query) in {Phase.QUEUED, Phase.RUNNING}:
            query.stopped_at = self.clock()

    def forget(self, token: str) -> None:
        self._answer()
        self.tables.discard(token)

    def _look(self, query: FakeQuery, handle: str) -> Look:
        phase = self._phase(query)
        folder = query.target.removeprefix(BUCKET)
        self.landing.contents |= {folder + name: data for name, data in self.left.items()}
        if phase is Phase.SUCCEEDED and not query.has_written:
            query.has_written = True
            self.landing.contents |= {f"{folder}part-{n}": data for n, data in enumerate(self.files)}
        share = min(self._age_s(query) / self.lasts_s, 1.0)
        reason = None
        if phase is Phase.FAILED:
            reason = Reason.STOPPED if query.stopped_at else self.reason
        completed = int(self.rows * share)
        return Look(handle=handle, phase=phase, completed=completed, scanned_bytes=completed * 8, reason=reason)

    def _phase(self, query: FakeQuery) -> Phase:
        age_s = self._age_s(query)
        if query.stopped_at is not None:
            return Phase.FAILED
        if age_s >= self.lasts_s:
            return Phase.FAILED if self.reason else Phase.SUCCEEDED
        return Phase.QUEUED if age_s < self.queued_s else Phase.RUNNING

    def _age_s(self, query: FakeQuery) -> float:
        return (self.clock() - query.begun_at).total_seconds() if query.begun_at else 0.0

    def _answer(self) -> Look | None:
        if not self.answers:
            return None
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Killed(BaseException):
    """The process has ended there."""


class Killing:
    """Kills a worker at its n-th call of anything, before or after what the call does."""

    def __init__(self, at: int, *, is_after: bool) -> None:
        self.at = at
        self.is_after = is_after
        self.calls = 0

    def __call__(self, act: Callable[..., object]) -> Callable[..., object]:
        def called(*args: object, **kwargs: object) -> object:
            self.calls += 1
            is_hit = self.calls == self.at
            if is_hit and not self.is_after:
                raise Killed
            done = act(*args, **kwargs)
            if is_hit:
                raise Killed
            return done

        return called


def busy(times: int) -> Iterator[ClusterBusy]:
    return (ClusterBusy() for _ in range(times))


def later(clock: FakeClock, seconds: float) -> datetime:
    return clock() + timedelta(seconds=seconds)
