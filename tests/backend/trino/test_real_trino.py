"""Reports through a real Trino over the emulator's buckets; see "A real Trino" in tests/README.md."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend.domain.steps import Change
from backend.engine.distributed.cluster import Reason
from backend.engine.distributed.failures import FAILURES
from backend.protocol.lifecycle import State, Step
from backend.trino.statements import Statements
from backend.trino.trino_cluster import TrinoCluster
from tests.backend.clusters import Killed
from tests.backend.engine.exports import parquet
from tests.backend.fakes import ANNA
from tests.backend.service.making.far import ID, ROWS, Far
from tests.backend.trino import coordinator
from tests.backend.trino.sites import Site, TrinoFar, buckets

pytestmark = pytest.mark.trino

SQL = "SELECT name AS c0, total AS c1, clock AS c2 FROM totals"
SEQUENCE = "UNNEST(sequence(1, 10000))"
LONG = f"""
SELECT 'a' AS c0, CAST(sum(sqrt(x * y + z)) AS DECIMAL(9, 2)) AS c1, CAST(NULL AS VARCHAR) AS c2
FROM {SEQUENCE} AS a(x), {SEQUENCE} AS b(y), UNNEST(sequence(1, 100)) AS c(z)
"""
"""Takes minutes."""
SOME_SECONDS = LONG.replace("sequence(1, 100)", "sequence(1, 3)").replace(
    "sum(sqrt(x * y + z))", "max(x % 7 + y % 7 + z)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Site]:
    rows = "('b', 2.5, '10:30:00'), ('a', 10, NULL), ('c', NULL, '23:59:59')"
    made = f"SELECT name, total::DECIMAL(9, 2) AS total, clock FROM (VALUES {rows}) AS made(name, total, clock)"
    with buckets(cache, tmp_path_factory.mktemp("trino")) as (place, clients):
        clients.put_object(Bucket="datasets", Key="totals/totals.parquet", Body=parquet(made))
        with coordinator.running(place) as url:
            found = Site(Statements(url, coordinator.SESSION), clients)
            found.add("totals", "name VARCHAR, total DECIMAL(9, 2), clock VARCHAR")
            yield found


def test_report_goes_through_trino_to_its_file(site: Site) -> None:
    far = TrinoFar(site, SQL)
    far.execute()
    assert far.lines == ROWS
    assert far.row.result
    assert (far.row.result.bytes_scanned or 0) > 100
    assert site.queries(far.token) == [["FINISHED", None]]
    assert far.left == []


def test_result_without_rows_is_a_whole_file(site: Site) -> None:
    far = TrinoFar(site, f"{SQL} WHERE false")
    far.execute()
    assert far.lines == ROWS[:1]
    assert far.left == []


def test_worker_killed_twice_while_the_query_runs_is_followed_by_one_that_goes_on(site: Site) -> None:
    far = TrinoFar(site, SOME_SECONDS)

    def die(_: Far) -> None:
        raise Killed

    for _ in range(2):
        far.at(lambda f: f.row.progress is not None and f.row.progress.stage == "querying", die)
        with pytest.raises(Killed):
            far.execute()
        far.clock.now += timedelta(seconds=61)
    far.execute()
    assert far.row.attempt == 3
    assert far.lines[1][0] == "a"
    assert site.queries(far.token) == [["FINISHED", None]]
    assert far.left == []


def test_cancel_ends_query_and_report_within_two_seconds(site: Site) -> None:
    far = TrinoFar(site, LONG)
    asked: list[float] = []
    ended: list[float] = []

    def cancel(_: Far) -> None:
        asked.append(time.monotonic())
        far.world.cancel(ANNA, ID)

    def note(_report_id: str, change: Change) -> None:
        if change.step is Step.CANCEL:
            ended.append(time.monotonic())

    far.at(lambda f: f.row.progress is not None and f.row.progress.stage == "querying", cancel)
    far.world.reports.before_change = note
    far.execute()
    assert far.row.state is State.CANCELLED
    assert ended[0] - asked[0] < 2.0
    ((state, error),) = site.queries(far.token)
    assert (state, error) == ("FAILED", "USER_CANCELED")
    assert far.left == []


def test_report_that_no_worker_ends_has_its_query_stopped_and_leaves_nothing(site: Site) -> None:
    far = TrinoFar(site, f"{LONG} LIMIT 1")  # a text of its own: others have run the same one

    def die(_: Far) -> None:
        raise Killed

    far.at(lambda f: f.row.progress is not None and f.row.progress.stage == "querying", die)
    with pytest.raises(Killed):
        far.execute()
    far.clock.now += timedelta(minutes=4)
    far.world.watch(ANNA, [ID])
    assert far.row.state is State.FAILED
    ((report_id, invocation),) = far.world.invoke.events
    far.world.execute(report_id, invocation)
    assert site.queries(far.token) == [["FAILED", "USER_CANCELED"]]
    assert far.left == []


@pytest.mark.parametrize(
    "sql", ["SELECT nothing AS c0 FROM totals", "SELECT 1 / (count(*) - 3) AS c0 FROM totals", "SELEC"]
)
def test_query_that_trino_refuses_is_the_definition_s_fault(site: Site, sql: str) -> None:
    far = TrinoFar(site, sql)
    far.execute()
    assert far.error == FAILURES[Reason.REFUSED]
    assert far.left == []


def test_query_that_nobody_looks_at_never_runs_and_one_answer_back_can_be_had_again(site: Site) -> None:
    cluster = TrinoCluster(site.statements)
    unseen, seen = "0" * 44, "1" * 44
    cluster.start(SQL, "s3://reports/unseen/", unseen)
    handles = [cluster.start(SOME_SECONDS, "s3://reports/seen/", seen)]
    while len(handles) < 6:
        handles.append(cluster.look(handles[-1]).handle)
    assert cluster.look(handles[-2]).handle == handles[-1]
    assert cluster.look(handles[-4]).reason is Reason.LOST
    cluster.stop(handles[-1])
    assert cluster.look(handles[-1]).reason is Reason.STOPPED
    assert site.queries(unseen) == []
    assert len(site.queries(seen)) == 1
