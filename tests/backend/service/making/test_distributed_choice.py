"""Which reports run on a distributed engine, and over which data."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from backend.catalog.query import Elsewhere, EngineChoice
from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent, Reason
from backend.engine.distributed.failures import FAILURES
from backend.engine.distributed.partitions import OTHER_ROWS
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, FailureCode
from infra.local.datasets.partitioning import ByColumn
from tests.backend.engine.exports import parquet, partitioned
from tests.backend.fakes import ANNA, FakeDatasetStore
from tests.backend.service.making.far import ELSEWHERE, ID, ROWS, Far


@pytest.mark.parametrize(
    ("engine", "size", "is_far"),
    [("auto", 1_001, True), ("auto", 1_000, False), ("duckdb", 10**9, False), ("distributed", 0, True)],
)
def test_engine_is_chosen_by_the_header_and_the_bytes(*, engine: EngineChoice, size: int, is_far: bool) -> None:
    far = Far(engine=engine, dataset_bytes=size)
    far.execute()
    assert (far.lines == ROWS) is is_far
    assert bool(far.cluster.queries) is is_far
    assert len(far.sized) == (engine == "auto")


def test_report_that_is_not_compiled_stays_where_it_is_whatever_its_size() -> None:
    far = Far(engine="auto", elsewhere=None, dataset_bytes=10**12)
    far.execute()
    assert far.lines[1][0] == "near"


@pytest.mark.parametrize(
    ("has_cluster", "elsewhere", "code"),
    [(False, ELSEWHERE, FailureCode.ENGINE_UNAVAILABLE), (True, None, FailureCode.DEFINITION_ERROR)],
)
def test_report_that_must_run_elsewhere_and_cannot_says_so(
    *, has_cluster: bool, elsewhere: Elsewhere | None, code: FailureCode
) -> None:
    far = Far(has_cluster=has_cluster, elsewhere=elsewhere)
    far.execute()
    assert far.error is not None
    assert far.error.code == code
    assert "distributed engine" in far.error.message


def test_without_an_engine_auto_is_duckdb() -> None:
    far = Far(engine="auto", has_cluster=False, dataset_bytes=10**12)
    far.execute()
    assert far.lines[1][0] == "near"
    assert far.row.result
    assert far.row.result.bytes_scanned is None


def test_handle_of_a_query_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    far = Far(is_lazy=True)
    with caplog.at_level(logging.DEBUG, "backend"):
        far.execute()
    assert not [record for record in caplog.records if "q0/" in str(record.__dict__)]


def test_datasets_are_not_read_by_a_query_that_runs_elsewhere() -> None:
    far = Far()
    assert isinstance(far.world.datasets, FakeDatasetStore)
    far.execute()
    assert not far.world.datasets.ranges


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("SELECT '2013-01-01' AS day", "trips.day is VARCHAR, and not DATE"),
        ("SELECT TIMESTAMP '2013-01-01 00:00:00' AS day", "trips.day is TIMESTAMP, and not DATE"),
        ("SELECT 1 AS miles", "trips.day is missing, and not DATE"),
    ],
)
def test_data_of_other_types_than_the_text_is_for_is_not_asked(data: str, told: str) -> None:
    """With them the engine might find other values, without an error."""
    far = Far(elsewhere=replace(ELSEWHERE, reads={"trips": {"day": "DATE"}}))
    far.world.datasets.contents["trips/1.parquet"] = parquet(data)
    far.execute()
    assert far.error == Failure(
        code=FailureCode.DEFINITION_ERROR,
        message=f"The query engine cannot read the data of this report: {told}. Tell whoever looks after the reports.",
    )
    assert not far.cluster.queries


def test_data_of_the_types_that_the_text_is_for_is_asked() -> None:
    far = Far(elsewhere=replace(ELSEWHERE, reads={"trips": {"day": "DATE"}}))
    far.world.datasets.contents["trips/1.parquet"] = parquet("SELECT DATE '2013-01-01' AS day, 1 AS other")
    far.execute()
    assert far.lines == ROWS


TRIPS = "SELECT DATE '2013-01-01' AS day, 'AA' AS carrier, 1 AS other"


def far_over(known: str, *by: ByColumn) -> Far:
    """Return a service over partitioned data, whose engine knows the table as partitioned so."""
    far = Far(elsewhere=replace(ELSEWHERE, reads={"trips": {"day": "DATE"}}), partitions={"trips": known})
    data = partitioned("trips", TRIPS, *by) if by else {"trips/1.parquet": parquet(TRIPS)}
    far.world.datasets.contents.update(data)
    return far


@pytest.mark.parametrize(
    ("known", "by"),
    [
        ("day", (ByColumn("day"),)),
        ("month(day)", (ByColumn("day", "month"),)),
        ("year(day),carrier", (ByColumn("day", "year"), ByColumn("carrier"))),
        ("", ()),
    ],
)
def test_data_in_the_folders_of_the_table_is_asked_and_its_rows_are_counted(
    known: str, by: tuple[ByColumn, ...]
) -> None:
    far = far_over(known, *by)
    far.execute()
    assert far.lines == ROWS
    (query,) = far.cluster.queries.values()
    assert (OTHER_ROWS in query.sql) is bool(by)
    assert {name: str(each.keys[0]) for name, each in far.cluster.entered.items()} == (
        {"trips": known.partition(",")[0]} if by else {}
    )


@pytest.mark.parametrize(
    ("known", "by"),
    [
        ("", (ByColumn("day"),)),
        ("day", (ByColumn("day", "year"),)),
        ("carrier,day", (ByColumn("day"), ByColumn("carrier"))),
        ("day", (ByColumn("day"), ByColumn("carrier"))),
        ("day", ()),
    ],
)
def test_data_in_other_folders_than_the_table_has_is_not_asked(known: str, by: tuple[ByColumn, ...]) -> None:
    """An engine would find NULL in the place of a folder's value, or no rows at all."""
    far = far_over(known, *by)
    far.execute()
    assert far.error is not None
    found = ",".join(f"{each.unit}({each.column})" if each.unit else each.column for each in by)
    told = f"trips is partitioned by {found or 'nothing'}, and the table of it by {known or 'nothing'}. Tell"
    assert told in far.error.message
    assert not far.cluster.queries


@pytest.mark.parametrize(
    ("error", "reason"),
    [(ClusterRefused(Reason.DENIED), Reason.DENIED), (ClusterRefused(Reason.REFUSED), Reason.REFUSED)],
)
def test_partitions_that_cannot_be_entered_end_the_report(error: Exception, reason: Reason) -> None:
    far = far_over("day", ByColumn("day"))
    far.cluster.answers = [error]
    far.execute()
    assert far.error == FAILURES[reason]
    assert not far.cluster.queries


def test_engine_that_is_silent_or_busy_is_asked_again_for_the_partitions() -> None:
    far = far_over("day", ByColumn("day"))
    far.cluster.answers = [ClusterSilent("HTTP 503"), ClusterBusy()]
    far.execute()
    assert far.lines == ROWS
    assert "trips" in far.cluster.entered


def test_cancel_is_heard_while_partitions_are_entered() -> None:
    far = far_over("day", ByColumn("day"))

    def cancel() -> None:
        far.world.cancel(ANNA, ID)
        far.clock.now += timedelta(seconds=2)

    far.cluster.while_entering = cancel
    far.execute()
    assert far.row.state is State.CANCELLED
    assert not far.cluster.queries


def test_report_that_may_choose_stays_with_data_that_the_engine_cannot_read(caplog: pytest.LogCaptureFixture) -> None:
    far = Far(engine="auto", dataset_bytes=10**12, elsewhere=replace(ELSEWHERE, reads={"trips": {"day": "DATE"}}))
    far.world.datasets.contents["trips/1.parquet"] = parquet("SELECT '2013-01-01' AS day")
    far.execute()
    assert far.lines[1][0] == "near"
    assert not far.cluster.queries
    assert "kept from the distributed engine" in [record.message for record in caplog.records]
