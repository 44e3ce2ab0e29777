"""A machine of a Trino that is killed while a query runs there; see "A real Trino" in tests/README.md."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from backend.authoring.distributed.compiling import compiled
from backend.catalog import sql_file
from backend.catalog.definition import Definition
from backend.catalog.header import Header, Parameter
from backend.catalog.query import Elsewhere
from backend.engine.distributed.cluster import Reason
from backend.engine.distributed.failures import FAILURES
from backend.trino.statements import Statements
from tests.backend.engine.exports import parquet
from tests.backend.trino import coordinator
from tests.backend.trino.sites import Site, TrinoFar, buckets
from tests.trino.node import STARTS_WITHIN_S

pytestmark = pytest.mark.trino

HEADER = Header(
    title="Pairs",
    description="All pairs of numbers.",
    datasets=("numbers",),
    order=("Word",),
    engine="distributed",
    formats=("csv",),
    parameters={"bonus": Parameter(type="integer", title="Bonus", minimum=0, maximum=100)},
)
SQL = """
SELECT n.word AS "Word", count(*) AS "Pairs", max(n.place % 7 + m.place % 11 + $bonus) AS "Most"
FROM numbers AS n CROSS JOIN numbers AS m
GROUP BY n.word
"""
"""Takes some ten seconds of two processors."""
COLUMNS = {"place": "INTEGER", "word": "VARCHAR"}
ROWS, FILES, WORDS, BONUS = 30_000, 8, 3, 5
EXPECTED = [
    ["Word", "Pairs", "Most"],
    *([f"w{n}", f"{ROWS // WORDS * ROWS}", f"{6 + 10 + BONUS}"] for n in range(WORDS)),
]
WORKERS = ("one", "another")
KNOWS_ITS_TASKS_WITHIN_S = 120.0


def definition() -> Definition:
    """Return the report, compiled as a report's file is."""
    made = compiled(HEADER, SQL, SQL, {"numbers": COLUMNS})
    reads = {reading.dataset: reading.columns for reading in made.readings}

    def find(values: Mapping[str, Any]) -> Elsewhere:
        return Elsewhere(sql=made.filled(values), columns=made.columns, reads=reads)

    return sql_file.define("far", HEADER, SQL, find)


@dataclass
class Cluster(Site):
    """A coordinator that leaves the work to two others."""

    workers: Mapping[str, "subprocess.Popen[bytes]"]

    def tasks(self, token: str) -> list[list[str]]:
        """Return name, machine and state of what a query is divided into."""
        of_query = f"SELECT query_id FROM system.runtime.queries WHERE source = 'reportwire-{token}'"
        return self.rows(f"SELECT task_id, node_id, state FROM system.runtime.tasks WHERE query_id IN ({of_query})")

    def kill_one_that_works(self, token: str) -> None:
        """Kill a machine that has a task of a query."""
        until = time.monotonic() + KNOWS_ITS_TASKS_WITHIN_S
        while True:
            for _, node, state in self.tasks(token):
                if state == "RUNNING" and node in self.workers:
                    self.workers[node].kill()
                    return
            assert time.monotonic() < until


@contextmanager
def cluster(cache: Path, work: Path, *, repeats_tasks: bool) -> Iterator[Cluster]:
    """Yield a cluster with the dataset."""
    with buckets(cache, work) as (there, clients), ExitStack() as stack:
        place = replace(there, repeats_tasks=repeats_tasks)
        process, url = stack.enter_context(coordinator.started(place, works=False))
        workers = {name: stack.enter_context(coordinator.joined(place, url, name)) for name in WORKERS}
        coordinator.wait_until_ready(place, process, url)
        found = Cluster(Statements(url, coordinator.SESSION), clients, workers)
        for number, file in enumerate(files()):
            clients.put_object(Bucket="datasets", Key=f"numbers/{number}.parquet", Body=file)
        found.add("numbers", ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items()))
        until = time.monotonic() + STARTS_WITHIN_S
        while found.rows("SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'") != [[1 + len(workers)]]:
            assert time.monotonic() < until
            time.sleep(0.5)
        yield found


def files() -> list[bytes]:
    numbered = f"SELECT range::INTEGER AS place, 'w' || range % {WORDS} AS word FROM range({ROWS})"
    return [parquet(f"FROM ({numbered}) WHERE place % {FILES} = {number}") for number in range(FILES)]


def asked(there: Cluster) -> tuple[TrinoFar, list[float]]:
    """Return the report, and when a machine was killed that works at it."""
    far = TrinoFar(there, definition=definition(), parameters={"bonus": BONUS})
    far.world.datasets.contents = {f"numbers/{number}.parquet": file for number, file in enumerate(files())}
    killed: list[float] = []

    def kill(_: object) -> None:
        there.kill_one_that_works(far.token)
        killed.append(time.monotonic())

    far.at(lambda f: f.row.progress is not None and f.row.progress.stage == "querying", kill)
    return far, killed


def test_machine_that_is_lost_is_made_up_for_where_the_cluster_repeats_tasks(
    cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with cluster(cache, tmp_path_factory.mktemp("trino"), repeats_tasks=True) as there:
        far, killed = asked(there)
        far.execute()
        assert killed
        assert far.lines == EXPECTED
        assert [name for name, *_ in there.tasks(far.token) if not name.endswith(".0")]  # a second attempt
        assert far.left == []


def test_machine_that_is_lost_ends_the_report_in_words_within_ninety_seconds(
    cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with cluster(cache, tmp_path_factory.mktemp("trino"), repeats_tasks=False) as there:
        far, killed = asked(there)
        far.execute()
        assert far.error == FAILURES[Reason.NODE_LOST]
        assert time.monotonic() - killed[0] < 90
        assert far.left == []
