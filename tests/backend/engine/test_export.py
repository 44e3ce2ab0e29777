"""From a query to a file, by the real DuckDB."""

import json

import pytest

from backend.protocol.preview import MOST_ROWS
from backend.service.ports import DefinitionFailed, TooManyRows
from tests.backend.engine.exports import export, parquet
from tests.backend.fakes import FakeDatasetStore

pytestmark = pytest.mark.usefixtures("spills")


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        (("n", "t"), [["1", "b"], ["2", "a"], ["2", "c"], ["", "z"]]),
        (("n desc", "t"), [["2", "a"], ["2", "c"], ["1", "b"], ["", "z"]]),
        (("n DESC", "t desc"), [["2", "c"], ["2", "a"], ["1", "b"], ["", "z"]]),
    ],
)
def test_rows_are_sorted_with_nulls_last(order: tuple[str, ...], rows: list[list[str]]) -> None:
    sql = "SELECT * FROM (VALUES (2, 'c'), (NULL, 'z'), (1, 'b'), (2, 'a')) AS made(n, t)"
    assert export(sql, order=order).rows == rows


def test_column_to_sort_by_may_have_any_name() -> None:
    sql = 'SELECT n AS "a ""b"" desc; --" FROM (VALUES (1), (3), (2)) AS made(n)'
    assert export(sql, order=('a "b" desc; -- desc',)).rows == [["3"], ["2"], ["1"]]


def test_without_an_order_rows_come_file_by_file(numbers: FakeDatasetStore) -> None:
    assert export("SELECT n FROM numbers", numbers, datasets=("numbers",)).rows == [[str(n)] for n in range(5)]


def test_dataset_may_be_called_like_anything() -> None:
    for name in ("result", "order", "duckdb_tables", "range", "main"):
        store = FakeDatasetStore({f"{name}/a.parquet": parquet("SELECT 'own' AS n")})
        for order in ((), ("n",)):
            assert export(f'SELECT n FROM "{name}"', store, datasets=(name,), order=order).rows == [["own"]]


@pytest.mark.parametrize("order", [(), ("n",)], ids=["streamed", "gathered"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_row_limit_is_what_it_says(order: tuple[str, ...], format_: str) -> None:
    sql = "SELECT range AS n FROM range(1000)"
    assert export(sql, order=order, format=format_, row_limit=1000).exported.row_count == 1000
    written: list[bytes] = []
    with pytest.raises(TooManyRows, match="1,000 rows, and 999 are allowed"):
        export(sql, order=order, format=format_, row_limit=999, write=written.append)
    assert not written


@pytest.mark.parametrize("order", [(), ("n",)], ids=["streamed", "gathered"])
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_empty_result_is_a_whole_file(order: tuple[str, ...], format_: str) -> None:
    made = export("SELECT range AS n, 'x' AS t FROM range(3) WHERE range > 5", order=order, format=format_)
    assert made.exported.row_count == 0
    assert made.preview == {
        "columns": [
            {"name": name, "type": kind, "summary": {"filled": 0, "empty": 0, "distinct": 0}}
            for name, kind in (("n", "integer"), ("t", "text"))
        ],
        "rows": [],
        "rowCount": 0,
    }
    if format_ == "csv":
        assert made.data == b"n,t\r\n"
    else:
        assert made.values("count(*), any_value(typeof(n))") == [(0, None)]


@pytest.mark.parametrize("sql", ["SELECT", "SELECT * EXCLUDE (n) FROM (SELECT 1 AS n)"])
def test_result_without_columns_is_refused(sql: str) -> None:
    with pytest.raises(DefinitionFailed):
        export(sql)


@pytest.mark.parametrize("order", [(), ("n",)], ids=["streamed", "gathered"])
def test_preview_has_the_first_rows_of_the_file(order: tuple[str, ...]) -> None:
    made = export("SELECT (range * 7919) % 1009 AS n FROM range(1009)", order=order)
    assert [[str(n)] for (n,) in made.preview["rows"]] == made.rows[:MOST_ROWS]
    assert made.preview["rowCount"] == len(made.rows) == 1009


def test_only_the_columns_that_are_asked_for_are_read() -> None:
    columns = ", ".join(f"hash(range + {n}) AS c{n}" for n in range(20))
    store = FakeDatasetStore({"wide/a.parquet": parquet(f"SELECT {columns} FROM range(100_000)")})
    size = len(store.contents["wide/a.parquet"])
    made = export("SELECT c7 FROM wide", store, datasets=("wide",))
    assert made.exported.row_count == 100_000
    # One column of twenty, for the preview, its values and the file.
    assert sum(length for _, _, length in store.ranges) < size * 0.16


def test_only_the_rows_that_are_asked_for_are_read() -> None:
    rows = parquet("SELECT range AS n, hash(range) AS h FROM range(500_000)", ", ROW_GROUP_SIZE 10_000")
    store = FakeDatasetStore({"long/a.parquet": rows})
    made = export("SELECT * FROM long WHERE n < $most", store, datasets=("long",), binds={"most": 100})
    assert made.exported.row_count == 100
    assert sum(length for _, _, length in store.ranges) < len(rows) * 0.25


def test_counting_reads_only_what_decides_the_number() -> None:
    rows = parquet("SELECT range AS n, hash(range) AS h FROM range(500_000)")
    store = FakeDatasetStore({"long/a.parquet": rows})
    with pytest.raises(TooManyRows):
        export("SELECT * FROM long", store, datasets=("long",), row_limit=10)
    assert sum(length for _, _, length in store.ranges) < len(rows) * 0.1


def test_missing_dataset_is_named() -> None:
    with pytest.raises(DefinitionFailed, match='"planes"'):
        export("SELECT 1", FakeDatasetStore(), datasets=("planes",))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"told,n\r\nx,1\r\n", b"PAR1" + bytes(100) + b"PAR1"])
def test_file_that_is_no_parquet_fails_the_report(content: bytes) -> None:
    with pytest.raises(DefinitionFailed):
        export("SELECT * FROM broken", FakeDatasetStore({"broken/a.parquet": content}), datasets=("broken",))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT told::INTEGER AS n FROM secrets",
        "SELECT error(told) AS n FROM secrets",
        "SELECT strptime(told, '%Y') AS n FROM secrets",
        "SELECT * FROM secrets WHERE $value::DATE > '2020-01-01'",
    ],
)
def test_what_an_analyst_reads_of_a_failed_query_holds_no_data(sql: str) -> None:
    store = FakeDatasetStore({"secrets/a.parquet": parquet("SELECT 'canary' AS told")})
    with pytest.raises(DefinitionFailed) as caught:
        export(sql, store, datasets=("secrets",), binds={"value": "canary"} if "$value" in sql else {})
    assert "canary" not in str(caught.value)


def test_failure_while_writing_is_the_query_s(numbers: FakeDatasetStore) -> None:
    sql = "SELECT CASE WHEN range = 400_000 THEN error('late') ELSE range END AS n FROM range(500_000)"
    with pytest.raises(DefinitionFailed):
        export(sql, numbers)


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["csv", "parquet"])
@pytest.mark.parametrize("order", [(), ("n",)], ids=["streamed", "gathered"])
def test_same_bytes_every_time(order: tuple[str, ...], format_: str) -> None:
    columns = "range AS n, hash(range) AS h, range % 97 || 'x' AS t, (range * 0.01)::DECIMAL(12, 2) AS d"
    rows = [parquet(f"SELECT {columns} FROM range({n * 100_000}, {(n + 1) * 100_000})") for n in range(4)]
    store = FakeDatasetStore({f"long/{n}.parquet": content for n, content in enumerate(rows)})
    first, *others = (
        export("SELECT * FROM long", store, datasets=("long",), order=order, format=format_).data for _ in range(4)
    )
    assert all(other == first for other in others)


@pytest.mark.slow
def test_sums_of_decimals_are_the_same_every_time() -> None:
    amount = "(hash(range) % 1_000_000 * 0.01)::DECIMAL(12, 2)"
    sql = f"SELECT range % 100 AS k, sum({amount}) AS s FROM range(400_000) GROUP BY k"
    first, *others = (export(sql, order=("k",)).data for _ in range(4))
    assert all(other == first for other in others)


def test_times_are_told_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert export("SELECT TIMESTAMPTZ '2024-01-01 12:00:00+02' AS t").rows == [["2024-01-01 10:00:00+00"]]


@pytest.mark.parametrize("format_", ["csv", "parquet"])
@pytest.mark.parametrize("order", [(), ("n",)])
def test_query_that_gives_other_rows_each_time_is_asked_once(order: tuple[str, ...], format_: str) -> None:
    sql = "SELECT range AS n FROM range(100_000) WHERE random() < 0.5"
    made = export(sql, format=format_, order=order)
    assert len(made.rows if format_ == "csv" else made.values()) == made.exported.row_count
    assert made.preview["rowCount"] == made.exported.row_count


@pytest.mark.parametrize("name", ["file_row_number", "FILE_ROW_NUMBER", "rowid", "filename", "result"])
@pytest.mark.parametrize("file_format", ["csv", "parquet", "xlsx"])
def test_column_may_have_a_name_that_gathering_uses(name: str, file_format: str) -> None:
    made = export(f"SELECT range + 5 AS {name}, range AS b FROM range(3)", format=file_format, order=("b desc",))
    assert json.loads(made.exported.preview)["rows"] == [[7, 2], [6, 1], [5, 0]]
