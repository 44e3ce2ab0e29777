"""Partitioned datasets read by the engine: the same rows as ever, from no more files than they are in."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalog.query import Query
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.sandbox import opened
from backend.engine.duck.sink import Sink
from backend.engine.finding.pruning import Size, pruned, sizes_to_read
from infra.local.datasets.partitioning import ByColumn
from tests.backend.engine.exports import LIMITS, export, parquet, partitioned
from tests.backend.fakes import FakeDatasetStore

SALES = """
    SELECT id, ['a', 'it''s', NULL, 'é / % = "x"'][1 + id % 4] AS shop, DATE '2023-11-01' + id::INTEGER AS day,
        (id % 3)::TINYINT AS kind, TIMESTAMP '2023-11-01 23:59:59.999999' + to_days(id::INTEGER) AS moment
    FROM range(170) AS ids(id) ORDER BY id
"""
SHOPS = parquet("SELECT 'a' AS shop, 'Anna' AS owner UNION ALL SELECT 'it''s', 'Ingo'")
WAYS = {
    "shop": [ByColumn("shop")],
    "month of day": [ByColumn("day", "month")],
    "kind, month of moment": [ByColumn("kind"), ByColumn("moment", "month")],
    "day": [ByColumn("day")],
    "kind, shop, year and month of day": [
        ByColumn("kind"), ByColumn("shop"), ByColumn("day", "year"), ByColumn("day", "month")
    ],
}  # fmt: skip
STORES = {name: {**partitioned("sales", SALES, *by), "shops/shops.parquet": SHOPS} for name, by in WAYS.items()}
PLAIN = {"sales/sales.parquet": parquet(SALES), "shops/shops.parquet": SHOPS}
BINDS: dict[str, Any] = {
    "start": date(2024, 1, 1), "end": date(2024, 2, 14), "shop": "it's", "none": None, "shops": ["a", "it's"],
    "forged": "a\n(shop = 'it''s')", "forged_more": "a')\noptional: (shop = 'it''s",
    "noon": datetime(2024, 1, 31, 12),  # noqa: DTZ001  as DuckDB takes it for a TIMESTAMP
}  # fmt: skip
CONDITIONS = [
    "true", "false", "NULL", "day BETWEEN $start AND $end", "day >= $start", "day < $start OR day > $end",
    "day = $start", "day <> $start", "NOT day > $start", "day IN ($start, $end)", "day NOT IN ($start, $end)",
    "$start > day",
    "day IS NULL", "day IS NOT NULL", "year(day) = 2024", "date_trunc('month', day) = $start", "month(day) = 1",
    "day::VARCHAR = '2024-01-01'", "day > 'infinity'::DATE", "day > '-infinity'::DATE", "day > '0044-03-15 (BC)'::DATE",
    "moment >= $start", "moment < $end", "moment <= $noon", "moment = '2024-01-30 23:59:59.999999'",
    "moment::DATE = '2024-01-30'",
    "moment BETWEEN '2024-01-01' AND '2024-02-01'", "moment >= '2024-01-31 23:59:59.9999995'::TIMESTAMP_NS",
    "shop = $shop", "shop <> $shop", "shop = $none", "shop IS NULL", "shop IS NOT NULL", "shop IS DISTINCT FROM $shop",
    "shop IS NOT DISTINCT FROM $none", "shop IS NOT DISTINCT FROM $shop", "shop IS DISTINCT FROM $none", "shop > 'a'",
    "shop < 'é'", "shop LIKE 'it%'", "shop = $forged", "shop <> $forged", "shop = $forged_more", "shop <> $forged_more",
    "shop = 'é / % = \"x\"'", "shop IN ('a', 'it''s', NULL)", "list_contains($shops, shop)", "upper(shop) = 'A'",
    "$shop IS NULL OR shop = $shop", "$none IS NULL OR shop = $none", "coalesce(shop, 'a') = 'a'",
    "kind = 1", "kind IN (0, 2)", "kind <> 1", "kind > 1", "kind = 300", "kind = 1.5", "kind::BIGINT = 2", "-kind = -1",
    "kind < 1 AND shop = 'a' OR day < $start", "kind = 1 AND id % 2 = 0", "id < 10", "kind + 1 > id", "kind > id",
    "day >= (SELECT max(day) FROM sales WHERE kind = 1)", "shop IN (SELECT shop FROM shops WHERE owner = 'Ingo')",
]  # fmt: skip
QUERIES = [
    *(f"SELECT * FROM sales WHERE {condition}" for condition in CONDITIONS),
    "SELECT id, owner FROM sales JOIN shops USING (shop) WHERE day >= $start",
    "SELECT s.id, owner FROM shops RIGHT JOIN sales AS s ON s.shop = shops.shop AND s.kind = 1",
    "SELECT a.id, b.day FROM sales AS a LEFT JOIN sales AS b ON a.id = b.id AND b.kind = 1 AND a.day < $start",
    "SELECT a.id FROM sales AS a JOIN sales AS b ON a.id = b.id + 1 WHERE a.kind = 1 AND b.kind = 0",
    "SELECT max(id) AS id, shop FROM sales GROUP BY shop HAVING shop = $shop",
    "SELECT id FROM (SELECT *, rank() OVER (PARTITION BY kind ORDER BY id) AS n FROM sales) WHERE n = 2 AND kind = 1",
    "WITH s AS MATERIALIZED (FROM sales) SELECT id FROM s WHERE kind = 1 UNION ALL SELECT id FROM s WHERE id = 0",
    "SELECT id FROM sales WHERE kind = 1 UNION ALL SELECT id FROM sales WHERE day = $start",
    "SELECT id FROM sales WHERE kind = 1 EXCEPT SELECT id FROM sales WHERE shop = $shop",
    "SELECT count(*) AS id FROM sales",
    "SELECT min(day) AS id, max(day) FROM sales WHERE kind = 2",
    "SELECT id FROM sales ORDER BY day DESC LIMIT 3",
    "SELECT id FROM shops, sales WHERE false",
    "SELECT count(*) FILTER (WHERE kind = 1) AS id FROM sales",
    "SELECT id FROM sales WHERE day >= $start AND EXISTS (FROM shops WHERE shops.shop = sales.shop AND sales.kind = 1)",
]


def binds_of(sql: str) -> dict[str, Any]:
    return {name: value for name, value in BINDS.items() if name in duckdb.extract_statements(sql)[0].named_parameters}


def rows_of(sql: str, contents: Mapping[str, bytes]) -> list[tuple[Any, ...]]:
    """Return the rows of a query over the files that it may need."""
    store = FakeDatasetStore(contents)
    datasets = tuple(name for name in ("sales", "shops") if re.search(rf"\b{name}\b", sql))
    query = Query(sql=sql, datasets=datasets, binds=binds_of(sql))
    tables = {name: store.files(name) for name in datasets}
    source = DatasetFiles(store, [file for files in tables.values() for file in files])
    with opened(LIMITS, source, Sink(), pruned(query, tables, source, LIMITS)) as connection:
        found = connection.execute(f"SELECT * FROM ({sql}) ORDER BY ALL", query.binds or None)
        return [*map(tuple, found.description), *found.fetchall()]


rows_of_plain = lru_cache(None)(partial(rows_of, contents=PLAIN))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["shop", "kind, month of moment", "kind, shop, year and month of day"])
def test_partitions_change_no_report(way: str) -> None:
    for sql in QUERIES:
        assert rows_of(sql, STORES[way]) == rows_of_plain(sql), sql


DAYS = [f"DATE '2023-11-01' + {n}" for n in (0, 29, 30, 60, 61)]
COMPARISONS = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.just("day"),
        st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]),
        st.sampled_from([*DAYS, "NULL"]),
    ),
    st.builds("{} {} kind".format, st.integers(-1, 3), st.sampled_from(["=", "<>", "<", "<=", ">", ">="])),
    st.builds("shop IN ({}, {})".format, *[st.sampled_from(["'a'", "'it''s'", "'b'", "NULL", "lower('A')"])] * 2),
    st.builds("day {} IN ({}, {})".format, st.sampled_from(["", "NOT"]), *[st.sampled_from(DAYS)] * 2),
    st.builds("{} IS {} NULL".format, st.sampled_from(["day", "shop", "kind"]), st.sampled_from(["", "NOT"])),
    st.sampled_from(["id % 3 = 0", "month(day) = 1", "shop LIKE 'it%'", "NULL", "true"]),
)
CONDITIONS_OF_ANY_FORM = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("(NOT {})".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
    ),
    max_leaves=6,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(CONDITIONS_OF_ANY_FORM, st.sampled_from([("month of day", "day"), ("kind, month of moment", "moment::DATE")]))
def test_no_condition_leaves_out_a_row(condition: str, way: tuple[str, str]) -> None:
    sql = f"SELECT id FROM sales WHERE {condition.replace('day', way[1])}"
    assert rows_of(sql, STORES[way[0]]) == rows_of(sql, PLAIN)


def files_read(way: str, condition: str, **binds: Any) -> set[str]:
    """Return the folders of the files that a report on some rows reads."""
    store = FakeDatasetStore(STORES[way])
    export(f"SELECT * FROM sales WHERE {condition}", store, datasets=("sales",), order=("id",), binds=binds)
    return {name.removeprefix("sales/").rpartition("/")[0] for name in store.files_read}


@pytest.mark.parametrize(
    ("way", "condition", "folders"),
    [
        ("month of day", "day BETWEEN $start AND $end", {"day_month=2024-01-01", "day_month=2024-02-01"}),
        ("month of day", "day >= '2024-03-31'", {"day_month=2024-03-01", "day_month=2024-04-01"}),
        ("month of day", "date_trunc('month', day) = $start", {"day_month=2024-01-01"}),
        ("month of day", "year(day) = 2023", {"day_month=2023-11-01", "day_month=2023-12-01"}),
        ("kind, month of moment", "moment > '2024-04-01' AND kind = 2", {"kind=2/moment_month=2024-04-01"}),
        (
            "kind, month of moment",
            "moment < '2023-12-01' AND kind <> 2",
            {f"kind={n}/moment_month=2023-11-01" for n in (0, 1)},
        ),
        ("shop", "shop = $shop", {"shop=it%27s"}),
        ("shop", "shop IS NULL", {"shop=__HIVE_DEFAULT_PARTITION__"}),
        ("shop", "$none IS NULL AND shop >= 'b'", {"shop=it%27s", "shop=é %2F %25 %3D %22x%22"}),
        ("day", "day IN ($start, $end)", {"day=2024-01-01", "day=2024-02-14"}),
        ("day", "day = '2030-01-01'", {"day=2023-11-01"}),  # no file has that day: one says which types there are
        ("day", "day = '2023-11-04'", {"day=2023-11-04"}),
    ],
)
def test_files_that_can_have_no_row_are_not_opened(way: str, condition: str, folders: set[str]) -> None:
    assert files_read(way, condition, **binds_of(f"SELECT * FROM sales WHERE {condition}")) == folders


@pytest.mark.parametrize("text", [BINDS["forged"], BINDS["forged_more"], "\n(shop IS NULL)", "a\r\n", "\x00", "%"])
def test_text_that_looks_like_a_condition_is_a_text(text: str) -> None:
    """Each condition of a plan is on a line, and so would be what follows a line feed in a parameter."""
    assert len(files_read("shop", "shop <> $text", text=text)) == 3


def test_query_that_reads_no_partitions_is_not_planned_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.engine.finding.pruning.opened", None)
    made = export("SELECT id FROM sales WHERE id = 3", FakeDatasetStore(PLAIN), datasets=("sales",), order=("id",))
    assert made.rows == [["3"]]


@pytest.mark.parametrize(
    "name", ["we ird", "kind = 1 OR x", "x) OR (kind = 1", "day, kind", 'q"uote', "kind.day", "c0"]
)
def test_names_of_columns_are_only_names(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    rows = f"SELECT range % 3 AS kind, range AS {quoted}, range AS c1 FROM range(9)"
    store = FakeDatasetStore(partitioned("d", rows, ByColumn("kind")))
    made = export(f"SELECT * FROM d WHERE {quoted} = 4", store, datasets=("d",), order=("kind",))
    assert made.rows == [["1", "4", "4"]]


@pytest.mark.parametrize(
    "condition", ["s.c0 = 5", "s.c0 = 5 AND kind >= 0", "s.d.c0 = 6", "list_contains(l, 5)", "s.c0 > c0"]
)
def test_members_of_columns_are_not_taken_for_columns(condition: str) -> None:
    rows = "SELECT range % 3 AS kind, range AS n, {'c0': range, 'd': {'c0': range + 1}} AS s, [range] AS l, 0 AS c0"
    store = FakeDatasetStore(partitioned("d", f"{rows} FROM range(9)", ByColumn("kind")))
    found = export(f"SELECT n FROM d WHERE {condition} AND n = 5", store, datasets=("d",), order=("n",)).rows
    assert found == [["5"]]


@pytest.mark.parametrize("name", ["months", "order", "planned", "t1", "main", "result", "memory"])
def test_names_of_datasets_are_only_names(name: str) -> None:
    rows = "SELECT range % 3 AS kind, range AS n FROM range(9)"
    store = FakeDatasetStore(partitioned(name, rows, ByColumn("kind")))
    export(f'SELECT * FROM "{name}" WHERE kind = 1', store, datasets=(name,), order=("n",))
    assert [file.split("/")[1] for file in store.files_read] == ["kind=1"]


@pytest.mark.parametrize(
    "kind",
    [
        "BOOLEAN", "UTINYINT", "USMALLINT", "UBIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL(38, 3)", "TIME", "UUID",
        "TIMESTAMP_S", "TIMESTAMP_NS", "TIMESTAMPTZ", "BLOB", "INTERVAL", "INTEGER[]", "INTEGER[2]", "JSON", "VARIANT",
        'STRUCT(a INTEGER, "b c" VARCHAR[])', "MAP(VARCHAR, INTEGER)", "ENUM('a', 'b')", "BIT", "GEOMETRY",
    ],
)  # fmt: skip
def test_columns_of_every_type_can_be_in_a_partitioned_dataset(kind: str) -> None:
    rows = f"SELECT 1 AS k, NULL::{kind} AS value UNION ALL SELECT 2, NULL"
    store = FakeDatasetStore(partitioned("d", rows, ByColumn("k")))
    made = export("SELECT k, value IS NULL AS void FROM d WHERE k = 2", store, datasets=("d",), order=("k",))
    assert made.rows == [["2", "true"]]
    assert len(store.files_read) == 1


def test_rows_without_an_order_come_partition_by_partition() -> None:
    store = FakeDatasetStore(partitioned("d", "SELECT range AS id, 11 - range % 12 AS k FROM range(36)", ByColumn("k")))
    ids = [int(row[0]) for row in export("SELECT id, k FROM d", store, datasets=("d",)).rows]
    assert ids == sorted(ids, key=lambda id_: (11 - id_ % 12, id_))


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_many_rows_written_straight_from_partitions_have_all_columns(format_: str) -> None:
    rows = "SELECT range AS id, 'k' || (range // 25_000) AS k, range % 7 AS n FROM range(100_000)"
    contents = partitioned("d", rows, ByColumn("k"))
    made = export("SELECT * FROM d", FakeDatasetStore(contents), format=format_, datasets=("d",))
    plain = export("SELECT * FROM d", FakeDatasetStore({"d/d.parquet": parquet(rows)}), format=format_, datasets=("d",))
    if format_ == "parquet":
        assert made.values() == plain.values()
    else:
        assert made.data == plain.data


def test_sizes_are_known_without_opening_a_partition() -> None:
    store = FakeDatasetStore(STORES["month of day"])
    sql = "SELECT id, owner FROM sales LEFT JOIN shops USING (shop) WHERE day >= $start"
    query = Query(sql=sql, datasets=("sales", "shops"), binds={"start": date(2024, 4, 1)})
    parts = [file.part for file in store.files("sales") if file.part]
    april = next(part for part in parts if part.path.startswith("day_month=2024-04"))
    assert sizes_to_read(query, store, LIMITS) == {
        "sales": Size(april.size_bytes, april.row_count), "shops": Size(len(SHOPS), None)
    }  # fmt: skip
    assert store.files_read == ["shops/shops.parquet"]
    none = Query(sql="SELECT id FROM sales WHERE day = '2030-01-01'", datasets=("sales",))
    assert sizes_to_read(none, store, LIMITS) == {"sales": Size(0, 0)}
    whole = Query(sql="SELECT id FROM sales", datasets=("sales",))
    assert sizes_to_read(whole, store, LIMITS) == {"sales": Size(sum(part.size_bytes for part in parts), 170)}
