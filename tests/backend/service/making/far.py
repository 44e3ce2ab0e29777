"""A service with a distributed engine, on fakes: what its report becomes, and what is left of its query."""

import csv
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from backend.catalog.definition import Definition, Run
from backend.catalog.query import Elsewhere, ElsewhereColumn, EngineChoice, Query
from backend.domain.report import Report
from backend.engine.distributed.attendance import Patience
from backend.engine.distributed.cluster import Cluster, Landing
from backend.engine.distributed.engine import Distribution
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, GenerateReport, Progress, ReportMessage
from tests.backend.clusters import FakeCluster, FakeLanding
from tests.backend.engine.exports import parquet
from tests.backend.fakes import ANNA, World

ID = "00000000-0000-4000-8000-000000000001"
LIFETIME_S = 900.0
ELSEWHERE = Elsewhere(
    sql="SELECT name AS c0, total AS c1, clock AS c2",
    columns=(
        ElsewhereColumn(title="Name", type="VARCHAR"),
        ElsewhereColumn(title="Total", type="DECIMAL(9,2)"),
        ElsewhereColumn(title="Clock", type="TIME"),
    ),
)
FILES = (
    parquet("SELECT 'b' AS c0, 2.5::DECIMAL(9,2) AS c1, '10:30:00' AS c2"),
    parquet("SELECT 'a' AS c0, 10::DECIMAL(9,2) AS c1, NULL::VARCHAR AS c2 UNION ALL SELECT 'c', NULL, '23:59:59'"),
)
ROWS = [["Name", "Total", "Clock"], ["a", "10.00", ""], ["b", "2.50", "10:30:00"], ["c", "", "23:59:59"]]
KINDS = pytest.mark.parametrize("is_lazy", [False, True], ids=["as Athena", "as Trino"])


class Far:
    """A service with a distributed engine."""

    def __init__(
        self,
        *,
        engine: EngineChoice = "distributed",
        elsewhere: Elsewhere | None = ELSEWHERE,
        has_cluster: bool = True,
        largest_bytes: int = 1_000,
        dataset_bytes: int = 0,
        definition: Definition | None = None,
        parameters: Mapping[str, Any] | None = None,
        partitions: Mapping[str, str] = MappingProxyType({}),
        **cluster: Any,
    ) -> None:
        def run(run: Run) -> int:
            sql = 'SELECT \'near\' AS "Name", 0::DECIMAL(9,2) AS "Total", NULL::TIME AS "Clock"'
            return run.export(Query(sql=sql, order=("Name",), engine=engine, elsewhere=elsewhere))

        schema = {"type": "object", "properties": {}}
        own = Definition(id="far", title="Far", description="", parameters=schema, formats=("csv",), run=run)
        self.world = World({"far": definition or own})
        self.clock = self.world.clock
        self.landing = FakeLanding()
        self.cluster = FakeCluster(self.clock, self.landing, **{"files": FILES, **cluster})
        self.sized: list[Query] = []
        self.distribution = Distribution(
            cluster=self.made_cluster(),
            landing=self.made_landing(),
            patience=Patience(clock=self.clock, sleep=self.clock.sleep, draw=lambda: 0.5),
            largest_bytes=largest_bytes,
            dataset_bytes=lambda query: self.sized.append(query) or dataset_bytes,  # type: ignore[func-returns-value]
            cents_per_terabyte=500,
            partitions=partitions,
        )
        self.world.distribute(self.distribution if has_cluster else None)
        self.world.compose()
        self.world.submit(ANNA, GenerateReport(report_id=ID, definition="far", parameters=dict(parameters or {})))
        (self.event,) = self.world.invoke.events
        self.world.invoke.events.clear()

    sql = ELSEWHERE.sql

    def made_cluster(self) -> Cluster:
        """Return the engine: that of the fake, unless a test of another overrides it."""
        return self.cluster

    def made_landing(self) -> Landing:
        """Return the bucket, likewise."""
        return self.landing

    @property
    def row(self) -> Report:
        return self.world.reports.rows[ID]

    @property
    def error(self) -> Failure | None:
        return self.row.error

    @property
    def lines(self) -> list[list[str]]:
        assert self.row.state is State.SUCCEEDED, self.row
        assert self.row.object_key
        return list(csv.reader(io.StringIO(self.world.results.objects[self.row.object_key].decode(), newline="")))

    @property
    def told(self) -> list[Progress]:
        frames = [message.report for _, message in self.world.push.frames if isinstance(message, ReportMessage)]
        return [frame.progress for frame in frames if frame.progress]

    def execute(self, invocation: str | None = None, lifetime_s: float = LIFETIME_S) -> None:
        self.world.execute(ID, invocation or self.event[1], lifetime_s)

    def deliver(self, lifetime_s: float = LIFETIME_S) -> int:
        """Run the worker, and those it hands the report over to; return how many there were."""
        self.world.invoke.events.append(self.event)
        workers = 0
        while self.world.invoke.events:
            report_id, invocation = self.world.invoke.events.pop(0)
            self.world.execute(report_id, invocation, lifetime_s)
            workers += 1
        return workers

    def at(self, when: Callable[["Far"], bool], act: Callable[["Far"], object]) -> None:
        """Act once, in time that passes, as soon as something holds."""
        sleep, done = self.clock.sleep, [False]

        def slept(seconds: float) -> None:
            sleep(seconds)
            if not done[0] and when(self):
                done[0] = True
                act(self)

        self.clock.sleep = slept  # type: ignore[method-assign]
        patience = Patience(clock=self.clock, sleep=slept, draw=lambda: 0.5)
        self.world.distribute(Distribution(**{**_fields(self.distribution), "patience": patience}))
        self.world.compose(sleep=slept)

    def assert_clean(self) -> None:
        assert not self.landing.contents
        assert not self.cluster.running
        assert not self.cluster.tables


def _fields(distribution: Distribution) -> dict[str, Any]:
    return {name: getattr(distribution, name) for name in Distribution.__dataclass_fields__}
