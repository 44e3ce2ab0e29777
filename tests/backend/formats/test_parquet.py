"""Parquet, written by DuckDB and read back by DuckDB and polars."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.formats.parquet import ROW_GROUP_ROWS
from backend.formats.sql import quoted
from tests.backend.engine.exports import Made, export
from tests.backend.formats.test_csv import BINDABLE, values_sql


def made(sql: str, binds: Mapping[str, Any] | None = None) -> Made:
    return export(sql, format="parquet", binds=binds or {})


def frame(sql: str, binds: Mapping[str, Any] | None = None) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(made(sql, binds).data))


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.none() | BINDABLE,
            BINDABLE,
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(allow_nan=False),
            st.none() | st.dates(),
            st.none() | st.datetimes(),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_values_come_back(rows: list[tuple[Any, ...]]) -> None:
    sql, binds = values_sql(rows)
    columns = "col0::VARCHAR a, col1::VARCHAR b, col2::BIGINT c, col3::DOUBLE d, col4::DATE e, col5::TIMESTAMP f"
    file = made(f"SELECT {columns} FROM ({sql})", binds)
    assert file.exported.row_count == len(rows)
    assert file.values() == rows
    assert pl.read_parquet(io.BytesIO(file.data)).rows() == rows


@pytest.mark.parametrize(
    ("sql", "type_", "value"),
    [
        ("true", pl.Boolean, True),
        ("-5::TINYINT", pl.Int8, -5),
        ("18446744073709551615::UBIGINT", pl.UInt64, 18446744073709551615),
        ("0.1::FLOAT", pl.Float32, pytest.approx(0.1)),
        ("'-inf'::DOUBLE", pl.Float64, float("-inf")),
        ("1.50::DECIMAL(38, 2)", pl.Decimal(38, 2), Decimal("1.50")),
        ("DATE '1582-10-04'", pl.Date, date(1582, 10, 4)),
        ("DATE '0001-01-01'", pl.Date, date(1, 1, 1)),
        ("TIME '05:15:00'", pl.Time, time(5, 15)),
        ("TIMESTAMP '1899-12-31 23:59:59'", pl.Datetime("us"), datetime(1899, 12, 31, 23, 59, 59)),  # noqa: DTZ001
        ("TIMESTAMPTZ '2013-01-01 05:15:00+01'", pl.Datetime("us", "UTC"), datetime(2013, 1, 1, 4, 15, tzinfo=UTC)),
        ("'a'::ENUM('a', 'b')", pl.String, "a"),
        ("'=1+1'", pl.String, "=1+1"),
        ("''", pl.String, ""),
        ("chr(0) || '\ufeff\u202e😀'", pl.String, "\x00\ufeff\u202e😀"),
        ("repeat('x', 40000)", pl.String, "x" * 40_000),
        ("'\\x00\\xFF'::BLOB", pl.Binary, b"\x00\xff"),
        ("[1, NULL, 3]", pl.List(pl.Int32), [1, None, 3]),
        ("{'a': 'x', 'b': [1]}", pl.Struct({"a": pl.String, "b": pl.List(pl.Int32)}), {"a": "x", "b": [1]}),
    ],
)
def test_types_are_kept(sql: str, type_: Any, value: object) -> None:
    read = frame(f"SELECT {sql} AS c")
    assert read.schema["c"] == type_
    assert read["c"].to_list() == [value]


@pytest.mark.parametrize(
    ("sql", "type_", "text"),
    [
        ("DATE '0044-03-15 (BC)'", "DATE", "0044-03-15 (BC)"),
        ("DATE 'infinity'", "DATE", "infinity"),
        ("TIMESTAMP '-infinity'", "TIMESTAMP", "-infinity"),
        ("TIME '24:00:00'", "TIME", "24:00:00"),
        ("UUID '00000000-0000-0000-0000-000000000001'", "UUID", "00000000-0000-0000-0000-000000000001"),
        ("'{\"a\": 1}'::JSON", "JSON", '{"a": 1}'),
        ("MAP {'k': 1}", "MAP(VARCHAR, INTEGER)", "{k=1}"),
        ("'nan'::DOUBLE", "DOUBLE", "nan"),
    ],
)
def test_types_that_others_lack_are_kept_for_duckdb(sql: str, type_: str, text: str) -> None:
    assert made(f"SELECT {sql} AS c").values("typeof(c), c::VARCHAR") == [(type_, text)]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("sum(range) AS c FROM range(10)", 45),
        ("9007199254740993::HUGEINT AS c", 9007199254740993),
        ("99999999999999999999999999999999999999::HUGEINT AS c", 10**38 - 1),
        ("18446744073709551616::UHUGEINT AS c", 2**64),
    ],
)
def test_huge_integers_and_sums_keep_their_digits(sql: str, value: int) -> None:
    (told,) = frame(f"SELECT {sql}")["c"].to_list()
    assert int(told) == value
    assert not isinstance(told, float)


@pytest.mark.parametrize("sql", ["INTERVAL '1 day'", "INTERVAL '-1 day'", "'=x'::VARIANT", "union_value(u := 'x')"])
def test_every_type_can_be_written(sql: str) -> None:
    assert len(frame(f"SELECT {sql} AS c")) == 1


@pytest.mark.parametrize("name", ["=1+1", "a,b", 'say "a"', "two\nlines", "ä😀", " ", "x; DROP TABLE y; --", "a.b"])
def test_column_may_be_called_anything(name: str) -> None:
    assert frame(f"SELECT 1 AS {quoted(name)}, 2 AS b").columns == [name, "b"]


def test_empty_result_keeps_its_types() -> None:
    read = frame("SELECT 1::BIGINT AS n, 'x' AS t, DATE '2013-01-01' AS d WHERE false")
    assert read.schema == {"n": pl.Int64, "t": pl.String, "d": pl.Date}
    assert read.height == 0


def test_file_is_compressed_in_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    path.write_bytes(made("SELECT range AS n FROM range(300_000)").data)
    with duckdb.connect() as connection:
        sql = f"SELECT row_group_num_rows, compression FROM parquet_metadata('{path}')"
        groups = connection.execute(sql).fetchall()
    assert groups == [(rows, "ZSTD") for rows in (ROW_GROUP_ROWS, ROW_GROUP_ROWS, 300_000 - 2 * ROW_GROUP_ROWS)]
