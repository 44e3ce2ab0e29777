"""The count of each partition's rows, run by DuckDB, which takes the same text: an engine that sees others fails."""

from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from backend.engine.distributed.partitions import OTHER_ROWS, checked
from backend.engine.layout import FILE_NAME, Layout, decode
from infra.local.datasets.partitioning import ByColumn
from tests.backend.engine.exports import partitioned

ROWS = """
SELECT * FROM (VALUES (1, 'a/b', DATE '2013-01-31'), (2, 'it''s', NULL), (3, NULL, DATE '2013-02-01'),
    (4, 'a/b', DATE '2013-01-01')) AS made(id, word, day)
"""
KEYS = (ByColumn("word"), ByColumn("day", "month"))
TABLE = f"SELECT *, date_trunc('month', day)::DATE AS day_month FROM ({ROWS})"
"""What an engine has to see."""
FOUND = "SELECT id AS c0, word AS c1 FROM trips WHERE id > 2"
NONE = "SELECT id AS c0, word AS c1 FROM trips WHERE false"


@pytest.fixture(scope="module")
def layout() -> Layout:
    return decode(partitioned("trips", ROWS, *KEYS)[f"trips/{FILE_NAME}"])


def rows(seen: str, sql: str, layouts: Mapping[str, Layout]) -> list[tuple[Any, ...]]:
    """Return what a query finds where the engine sees these rows in the table."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE trips AS {seen}")
        return sorted(connection.execute(checked(sql, 2, layouts)).fetchall(), key=repr)


@pytest.mark.parametrize("sql", [FOUND, NONE])
def test_rows_are_those_of_the_query_where_every_partition_is_seen(layout: Layout, sql: str) -> None:
    assert rows(TABLE, sql, {"trips": layout}) == rows(TABLE, sql, {})


@pytest.mark.parametrize("sql", [FOUND, NONE], ids=["rows", "no rows"])
@pytest.mark.parametrize(
    "seen",
    [
        f"{TABLE} WHERE word IS NOT NULL",
        f"{TABLE} WHERE day IS NOT NULL",
        f"{TABLE} WHERE false",
        f"{TABLE} UNION ALL SELECT 5, 'new', NULL, NULL",
        f"{TABLE} UNION ALL SELECT 5, 'a/b', DATE '2013-01-01', DATE '2013-01-01'",
        TABLE.replace("*,", "* REPLACE ('a%2Fb' AS word),"),
        TABLE.replace("date_trunc('month', day)::DATE", "NULL::DATE"),
        TABLE.replace("date_trunc('month', day)::DATE", "day"),
    ],
    ids=["no NULL", "no day", "none", "one more", "a row more", "as spelled", "keys are NULL", "other keys"],
)
def test_query_fails_where_the_engine_sees_other_rows_even_if_it_finds_none(
    layout: Layout, seen: str, sql: str
) -> None:
    with pytest.raises(duckdb.ConversionException, match=OTHER_ROWS):
        rows(seen, sql, {"trips": layout})


def test_text_without_partitioned_data_stays_as_it_is() -> None:
    assert checked(FOUND, 2, {}) == FOUND
