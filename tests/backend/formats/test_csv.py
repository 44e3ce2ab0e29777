"""CSV, written by DuckDB through its writer and read back by the programs analysts have."""

import csv
import io
import math
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.formats.csv import BOM
from backend.formats.csv_line import FORMULA_STARTS
from backend.formats.sql import literal, quoted
from backend.protocol.formats import FORMATS
from tests.backend.engine.exports import export

DELIMITERS: Sequence[str] = FORMATS["csv"].options["properties"]["delimiter"]["enum"]
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.sampled_from(
        ["=1+1", "+1", "-1", "@x", "\t", "\r", "=", "-", '"', '""', "'", "'=", ",", ";", "|", "\n", "\r\n"]
    ),
    st.sampled_from(
        ["\x00", "a\x00b", "\x1b[31m", "\x7f", "\ufeff", "\u202e", "\u2028", "😀", "NULL", "\\N", "#", " x "]
    ),
    st.builds(lambda start, rest: start + rest, st.sampled_from(FORMULA_STARTS), st.text(max_size=3)),
)
BINDABLE = TEXTS.filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text))


def written(sql: str, binds: Mapping[str, Any] | None = None, **options: Any) -> bytes:
    return export(sql, options=options, binds=binds or {}).data


def values_sql(rows: Sequence[Sequence[Any]]) -> tuple[str, dict[str, Any]]:
    """Return a SELECT of the rows, in their order, and its binds."""
    binds = {f"r{n}c{m}": cell for n, row in enumerate(rows) for m, cell in enumerate(row)}
    lines = ", ".join("(" + ", ".join(f"${bind}" for bind in _names(n, len(row))) + ")" for n, row in enumerate(rows))
    return f"SELECT * FROM (VALUES {lines})", binds


def _names(row: int, width: int) -> list[str]:
    return [f"r{row}c{column}" for column in range(width)]


def guarded(text: str | None) -> str:
    is_number = re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text or "", re.ASCII)
    return f"'{text}" if text and text.startswith(FORMULA_STARTS) and not is_number else text or ""


def parsed(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))


def test_lines_end_and_cells_are_quoted_as_the_rfc_says() -> None:
    sql, binds = values_sql([("a", 'a "b", c'), ("", "two\nlines"), ("ä", "two\r\nlines")])
    assert written(sql, binds).decode() == 'col0,col1\r\na,"a ""b"", c"\r\n"","two\nlines"\r\nä,"two\r\nlines"\r\n'


TABLES = st.lists(st.tuples(st.none() | BINDABLE, BINDABLE), min_size=1, max_size=40)
THOROUGH = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@THOROUGH
@given(TABLES, st.sampled_from(DELIMITERS), st.sampled_from([b"", BOM]))
def test_texts_come_back(rows: list[tuple[str | None, str]], delimiter: str, mark: bytes) -> None:
    sql, binds = values_sql(rows)
    data = written(sql, binds, delimiter=delimiter, bom=bool(mark))
    assert data.startswith(mark + b"col0")
    assert parsed(data.removeprefix(mark), delimiter)[1:] == [[guarded(cell) for cell in row] for row in rows]


@pytest.mark.slow
@THOROUGH
@given(TABLES, st.sampled_from(DELIMITERS))
def test_polars_tells_missing_from_empty_texts(rows: list[tuple[str | None, str]], delimiter: str) -> None:
    sql, binds = values_sql(rows)
    frame = pl.read_csv(written(sql, binds, delimiter=delimiter), separator=delimiter, infer_schema=False)
    assert frame.rows() == [tuple(cell and guarded(cell) for cell in row) for row in rows]


@pytest.mark.slow
@THOROUGH
@given(TABLES, st.sampled_from(DELIMITERS))
def test_duckdb_tells_missing_from_empty_texts(rows: list[tuple[str | None, str]], delimiter: str) -> None:
    rows = [tuple(cell and cell.replace("\x00", "") for cell in row) for row in rows]  # type: ignore[misc]
    sql, binds = values_sql(rows)
    with tempfile.NamedTemporaryFile(suffix=".csv") as file, duckdb.connect() as connection:
        file.write(written(sql, binds, delimiter=delimiter))
        file.flush()
        dialect = f"auto_detect = false, header = true, delim = {literal(delimiter)}, quote = '\"', escape = '\"'"
        columns = "columns = {'a': 'VARCHAR', 'b': 'VARCHAR'}, allow_quoted_nulls = false, new_line = '\\r\\n'"
        read = connection.execute(f"SELECT * FROM read_csv('{file.name}', {dialect}, {columns})").fetchall()
        assert read == [tuple(cell and guarded(cell) for cell in row) for row in rows]


NUMBERS = st.tuples(
    st.integers(-(2**127), 2**127 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_subnormal=True),
    st.decimals(min_value=-(10**15), max_value=10**15, places=2),
)


@pytest.mark.slow
@THOROUGH
@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_numbers_come_back_and_are_never_guarded(rows: list[tuple[Any, ...]]) -> None:
    sql, binds = values_sql(rows)
    columns = "col0::HUGEINT AS h, col1::BIGINT AS i, col2::DOUBLE AS f, col3::DECIMAL(18, 2) AS d"
    lines = parsed(written(f"SELECT {columns} FROM ({sql})", binds))[1:]
    assert len(lines) == len(rows)
    for (huge, integer, number, decimal), (huge_, integer_, number_, decimal_) in zip(lines, rows, strict=True):
        assert (int(huge), int(integer), decimal) == (huge_, integer_, f"{decimal_:.2f}")
        assert float(number) == number_ or (math.isnan(float(number)) and math.isnan(number_))
        assert not any(cell.startswith("'") for cell in (huge, integer, number, decimal))


@pytest.mark.parametrize(
    ("sql", "cell"),
    [
        ("true", "true"),
        ("DATE '1899-12-31'", "1899-12-31"),
        ("DATE '0001-01-01'", "0001-01-01"),
        ("DATE '0044-03-15 (BC)'", "0044-03-15 (BC)"),
        ("DATE '-infinity'", "-infinity"),
        ("TIMESTAMP 'infinity'", "infinity"),
        ("TIMESTAMP '2013-01-01 05:15:00.25'", "2013-01-01 05:15:00.25"),
        ("TIMESTAMPTZ '2013-01-01 05:15:00+01'", "2013-01-01 04:15:00+00"),
        ("TIME '24:00:00'", "24:00:00"),
        ("'nan'::DOUBLE", "nan"),
        ("'-inf'::DOUBLE", "-inf"),
        ("-0.0::DOUBLE", "-0.0"),
        ("0.1::FLOAT", "0.1"),
        ("-1.50::DECIMAL(4, 2)", "-1.50"),
        ("-5::TINYINT", "-5"),
        ("18446744073709551615::UBIGINT", "18446744073709551615"),
        ("UUID '00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001"),
        ("INTERVAL '14 months'", "1 year 2 months"),
        ("'a\\x00\\xFF'::BLOB", "a\\x00\\xFF"),
        ("[1, NULL, 3]", "[1, NULL, 3]"),
        ("{'a': 'x', 'b': [1]}", "{'a': x, 'b': [1]}"),
        ("MAP {'k': 1}", "{k=1}"),
        ("'1'::JSON", "1"),
    ],
)
def test_types_are_written_as_one_reads_them(sql: str, cell: str) -> None:
    assert parsed(written(f"SELECT {sql} AS c, 1 AS n"))[1][0].replace("'", "") == cell.replace("'", "")


@pytest.mark.parametrize("start", FORMULA_STARTS)
@pytest.mark.parametrize(
    "expression", ["{}", "union_value(u := {})", "{}::VARIANT", "{} COLLATE nocase", "{} COLLATE de", "{0}::ENUM({0})"]
)
def test_whatever_would_be_read_as_a_formula_is_guarded(expression: str, start: str) -> None:
    text = literal(f"{start}x")
    assert parsed(written(f"SELECT {expression.format(text)} AS c"))[1] == [f"'{start}x"]


@pytest.mark.parametrize("text", ["a,b", 'a "b"', "two\nlines", "a\rb", "", "=1,2", '-"', "7,5", "(x)", "ä,é"])
@pytest.mark.parametrize(
    "expression", ["{}", "{} COLLATE nocase", "{} COLLATE noaccent", "{} COLLATE de", "{0}::ENUM({0})"]
)
def test_quotes_do_not_depend_on_how_texts_are_compared(expression: str, text: str) -> None:
    quote = '"' if text != "(x)" else ""
    doubled = guarded(text).replace('"', '""')
    made = written(f"SELECT {expression.format(literal(text))} AS c, 1 AS n").decode()
    assert made == f"c,n\r\n{quote}{doubled}{quote},1\r\n"


@pytest.mark.parametrize("start", "=+-@")
def test_bytes_that_would_be_read_as_a_formula_are_guarded(start: str) -> None:
    assert parsed(written(f"SELECT '{start}x'::BLOB AS c"))[1] == [f"'{start}x"]


@pytest.mark.parametrize("name", ["=1+1", "a,b", 'say "a"', "two\nlines", "@x", "ä😀", " ", "x; DROP TABLE y; --", "-"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_header_may_hold_anything(name: str, delimiter: str) -> None:
    lines = parsed(written(f"SELECT 1 AS {quoted(name)}, 2 AS b", delimiter=delimiter), delimiter)
    assert lines == [[guarded(name), "b"], ["1", "2"]]


def test_forty_thousand_characters_come_back() -> None:
    text = 'x"\n😀' * 10_000
    assert parsed(written("SELECT $text AS c, 1 AS n", {"text": text}))[1] == [text, "1"]


def test_mark_stands_once_at_the_very_beginning(tmp_path: Path) -> None:
    data = written("SELECT range AS n FROM range(200_000)", bom=True)
    assert data.startswith(BOM + b"n\r\n0\r\n")
    assert data.count(BOM) == 1
    path = tmp_path / "made.csv"
    path.write_bytes(data)
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT count(*), sum(n) FROM '{path}'").fetchall() == [(200_000, 199_999 * 100_000)]
    assert pl.read_csv(path)["n"].sum() == 199_999 * 100_000


@pytest.mark.parametrize("value", ["NULL", "''", "NULL::INTEGER", "NULL::DOUBLE"])
def test_row_of_one_empty_cell_is_a_row(value: str) -> None:
    data = written(f"SELECT {value} AS c FROM range(3)")
    assert len(pl.read_csv(data, infer_schema=False)) == 3
    assert [len(line) for line in parsed(data)] == [1, 1, 1, 1]
