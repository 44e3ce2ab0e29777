"""Reports through a real Trino over the emulator's buckets; see "A real Trino" in tests/README.md."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from backend.aws.landing_bucket import LandingBucket
from backend.catalog.query import Elsewhere
from backend.domain.steps import Change
from backend.engine.distributed.cluster import Cluster, Landing, Reason
from backend.engine.distributed.engine import Distribution
from backend.engine.distributed.failures import FAILURES
from backend.protocol.lifecycle import State, Step
from backend.trino.statements import Statements
from backend.trino.trino_cluster import TrinoCluster
from infra.local import backend
from infra.local.emulator import process
from tests.administrators import EVERYTHING
from tests.backend.clusters import Killed
from tests.backend.engine.exports import parquet
from tests.backend.fakes import ANNA
from tests.backend.service.making.far import ELSEWHERE, ID, ROWS, Far
from tests.backend.trino import coordinator
from tests.trino.node import STARTS_WITHIN_S

pytestmark = pytest.mark.trino

SQL = "SELECT name AS c0, total AS c1, clock AS c2 FROM totals"
SEQUENCE = "UNNEST(sequence(1, 10000))"
LONG = f"""
SELECT 'a' AS c0, CAST(sum(sqrt(x * y + z)) AS DECIMAL(9, 2)) AS c1, CAST(NULL AS VARCHAR) AS c2
FROM {SEQUENCE} AS a(x), {SEQUENCE} AS b(y), UNNEST(sequence(1, 100)) AS c(z)
"""
"""Takes minutes."""
ON_ALL_MACHINES = LONG.replace("FROM UNNEST", "FROM many CROSS JOIN UNNEST", 1)
"""A file of this table is read by one machine, and another by another."""
SOME_SECONDS = LONG.replace("sequence(1, 100)", "sequence(1, 3)").replace(
    "sum(sqrt(x * y + z))", "max(x % 7 + y % 7 + z)"
)


@dataclass
class Site:
    statements: Statements
    place: coordinator.Place
    url: str
    buckets: Any

    def rows(self, sql: str) -> list[list[Any]]:
        """Return the rows of a statement."""
        answer, rows = self.statements.send(sql, "tests"), []
        while answer.next_path is not None:
            _, data = self.statements._sent("GET", answer.next_path, {})
            rows += json.loads(data).get("data", [])
            answer = self.statements.follow(answer.next_path)
        return rows

    def queries(self, token: str) -> list[list[Any]]:
        """Return state and error of the statements that made the table of a query."""
        source = f"source = 'reportwire-{token}' AND query LIKE 'CREATE%'"
        return self.rows(f"SELECT state, error_code FROM system.runtime.queries WHERE {source}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, cache: Any) -> Iterator[Site]:
    services = {"SERVICES": "iam,s3,sts"}
    with process.running(None, services) as started, backend.admin_clients(started, "eu-west-1") as admin:
        buckets, iam = admin("s3"), admin("iam")
        started.wait_until_ready()
        for bucket in ("datasets", "reports"):
            buckets.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        rows = "('b', 2.5, '10:30:00'), ('a', 10, NULL), ('c', NULL, '23:59:59')"
        made = f"SELECT name, total::DECIMAL(9, 2) AS total, clock FROM (VALUES {rows}) AS made(name, total, clock)"
        buckets.put_object(Bucket="datasets", Key="totals/totals.parquet", Body=parquet(made))
        for number in range(8):
            one = parquet(f"SELECT 'x' AS name, {number}::DECIMAL(9, 2) AS total, NULL::VARCHAR AS clock")
            buckets.put_object(Bucket="datasets", Key=f"many/{number}.parquet", Body=one)
        iam.create_user(UserName="trino")
        iam.put_user_policy(UserName="trino", PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))
        key = iam.create_access_key(UserName="trino")["AccessKey"]
        home = cache / "trino"
        home.mkdir(exist_ok=True)
        work = tmp_path_factory.mktemp("trino")
        place = coordinator.Place(home, work, started.url, key["AccessKeyId"], key["SecretAccessKey"])
        with coordinator.running(place) as url:
            statements = Statements(url, coordinator.SESSION)
            columns = "name VARCHAR, total DECIMAL(9, 2), clock VARCHAR"
            for table in ("totals", "many"):
                options = f"external_location = 's3://datasets/{table}/', format = 'PARQUET'"
                coordinator.run(statements, f"CREATE TABLE {table} ({columns}) WITH ({options})")
            yield Site(statements, place, url, buckets)


class TrinoFar(Far):
    """A service whose distributed engine is a real one; time passes as it does."""

    def __init__(self, site: Site, sql: str) -> None:
        self.site = site
        super().__init__(elsewhere=Elsewhere(sql=sql, columns=ELSEWHERE.columns))
        self.clock.sleep = self._slept(self.clock.sleep)  # type: ignore[method-assign]
        self._recompose()

    def made_cluster(self) -> Cluster:
        return TrinoCluster(self.site.statements)

    def made_landing(self) -> Landing:
        return LandingBucket(self.site.buckets, "reports")

    def _slept(self, sleep: Any) -> Any:
        def slept(seconds: float) -> None:
            time.sleep(seconds)
            sleep(seconds)

        return slept

    def _recompose(self) -> None:
        patience = replace(self.distribution.patience, sleep=self.clock.sleep)
        self.distribution: Distribution = replace(self.distribution, patience=patience)
        self.world.distribute(self.distribution)
        self.world.compose(sleep=self.clock.sleep)

    @property
    def token(self) -> str:
        assert self.row.query
        return self.row.query.token

    @property
    def left(self) -> list[str]:
        found = self.site.buckets.list_objects_v2(Bucket="reports").get("Contents", [])
        tables = self.site.rows("SHOW TABLES LIKE 'reportwire%'")
        return [each["Key"] for each in found] + [name for (name,) in tables]


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
    far = TrinoFar(site, LONG)

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


def test_machine_that_is_lost_ends_the_report_in_words_within_ninety_seconds(site: Site) -> None:
    with coordinator.joined(site.place, site.url) as worker:
        until = time.monotonic() + STARTS_WITHIN_S
        while site.rows("SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'") != [[2]]:
            assert time.monotonic() < until
            time.sleep(0.5)
        far = TrinoFar(site, ON_ALL_MACHINES)
        killed: list[float] = []
        begun = time.monotonic()

        def kill(_: Far) -> None:
            worker.kill()
            killed.append(time.monotonic())

        far.at(lambda _: time.monotonic() - begun > 10, kill)
        far.execute()
        assert far.error == FAILURES[Reason.NODE_LOST]
        assert time.monotonic() - killed[0] < 90
        assert far.left == []
