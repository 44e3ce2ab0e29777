"""Which reports run on a distributed engine, and over which data."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from backend.catalog.query import Elsewhere, EngineChoice
from backend.protocol.messages import Failure, FailureCode
from infra.local.datasets.partitioning import ByColumn
from tests.backend.engine.exports import parquet, partitioned
from tests.backend.fakes import FakeDatasetStore
from tests.backend.service.making.far import ELSEWHERE, ROWS, Far


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


@pytest.mark.parametrize("by", [("day", None), ("day", "year"), ("day", "month"), ("carrier", None)])
def test_data_in_folders_is_not_asked_for_as_the_tables_know_of_none(by: tuple[str, Any]) -> None:
    """An engine would find NULL in the place of a folder's value, or no rows at all."""
    column, unit = by
    far = Far(elsewhere=replace(ELSEWHERE, reads={"trips": {"day": "DATE"}}))
    rows = "SELECT DATE '2013-01-01' AS day, 'AA' AS carrier, 1 AS other"
    far.world.datasets.contents.update(partitioned("trips", rows, ByColumn(column, unit)))
    far.execute()
    assert far.error is not None
    assert "trips is divided into partitions" in far.error.message
    assert not far.cluster.queries


def test_report_that_may_choose_stays_with_data_that_the_engine_cannot_read(caplog: pytest.LogCaptureFixture) -> None:
    far = Far(engine="auto", dataset_bytes=10**12, elsewhere=replace(ELSEWHERE, reads={"trips": {"day": "DATE"}}))
    far.world.datasets.contents["trips/1.parquet"] = parquet("SELECT '2013-01-01' AS day")
    far.execute()
    assert far.lines[1][0] == "near"
    assert not far.cluster.queries
    assert "kept from the distributed engine" in [record.message for record in caplog.records]
