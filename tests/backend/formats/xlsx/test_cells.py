"""What becomes of values: written as XLSX by DuckDB through its writer, read back by openpyxl and calamine."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.catalog.query import ColumnStyle
from backend.formats.xlsx.text import CUT_MARK, MAX_UNITS
from backend.formats.xlsx.workbook import XlsxWriter
from tests.backend.formats.duck import export
from tests.backend.formats.xlsx.workbooks import READERS, by_calamine, by_openpyxl, opened, values

HOSTILE = (
    *("=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x","y")', "=", "'", '"', "'=", "<b>&amp;</b>", "]]>", "&#10;"),
    *("a\nb", "a\r\nb", "\ra", "a\tb", "\n", "\t", " ", "  two  ", " a", "a ", "a\x00b", "\x0b", "\x1b[31m", "\x7f"),
    *(
        "_x0041_",
        "_x0041_x0042_",
        "_x0041_x0042_x0043_",
        "_x005F_x0041_",
        "__x0041_",
        "_x004_",
        "_\x01x0041_",
        "_x000D_",
    ),
    *(
        "\ufeff",
        "\u202e",
        "\u2028",
        "\ufffe",
        "\uffff",
        "😀",
        "𝄞" * 3,
        "é",
        "e\u0301",
        "NULL",
        "TRUE",
        "1.0",
        "2013-01-01",
    ),
    *("a" * 32_767, "a" * 32_768, "a" * 40_000, "😀" * 16_384, "a" + "😀" * 16_384, "x\x00" * 20_000, "é" * 32_767),
)


def shown(text: str) -> str | None:
    """Return what a cell of the text should hold, said without the code under test."""
    allowed = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    units = 0
    for place, character in enumerate(allowed):
        units += 2 if character > "\uffff" else 1
        if units > 32_767:
            return next(
                cut
                for end in range(place, 0, -1)
                if len((cut := allowed[:end] + "…").encode("utf-16-le")) <= 2 * 32_767
            )
    return allowed or None


def cell_of(sql: str, style: ColumnStyle | None = None) -> Any:
    """Return the one cell of the query, as openpyxl has it."""
    return opened(export(XlsxWriter, f"SELECT {sql} AS x", x=style or ColumnStyle())).worksheets[0]["A2"]


@READERS
def test_hostile_texts_come_back_as_texts(read: Any) -> None:
    rows = [(text, number) for number, text in enumerate(HOSTILE)]
    found = read(export(XlsxWriter, *values(*rows)))
    assert found == [(shown(text), number) for text, number in rows]


def test_no_text_is_a_formula() -> None:
    sheet = opened(export(XlsxWriter, *values(*[(text,) for text in HOSTILE]))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_a_clean_text_beside_a_hostile_one_stays_as_it_is() -> None:
    rows = [("plain", "<&>"), ("also plain", "clean"), (" spaced ", None)]
    assert by_openpyxl(export(XlsxWriter, *values(*rows))) == rows


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.none() | st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(HOSTILE),
            st.none() | st.text(st.sampled_from("_x004100\r\n\t <&>]a😀\x01"), max_size=12),
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.integers(-(2**31), 2**31 - 1),
            st.none() | st.floats(),
            st.none() | st.booleans(),
            st.none() | st.dates(),
            st.none() | st.decimals(-(10**9), 10**9, places=2),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_any_rows_come_back(rows: list[tuple[Any, ...]]) -> None:
    types = ("VARCHAR", "VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "DATE", "DECIMAL(12,2)")
    sql, binds = values(*[(*row, number) for number, row in enumerate(rows)])
    casts = ", ".join(f"col{number}::{kind} AS c{number}" for number, kind in enumerate((*types, "INTEGER")))
    file = export(XlsxWriter, f"SELECT {casts} {sql}", binds)
    expected = [(*map(expected_cell, row), number) for number, row in enumerate(rows)]
    assert by_openpyxl(file) == expected
    assert [tuple(map(as_calamine, row)) for row in expected] == by_calamine(file)


def expected_cell(value: Any) -> Any:
    match value:
        case str():
            return shown(value)
        case int() if abs(value) >= 10**15:
            return str(value)
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case date() if value < date(1900, 3, 1):
            return value.isoformat()
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value


def as_calamine(value: Any) -> Any:
    """Turn a midnight into calamine's date."""
    return value.date() if isinstance(value, datetime) else value


TYPED: list[tuple[str, Any]] = [
    ("999999999999999", 999999999999999),
    ("-999999999999999", -999999999999999),
    ("1000000000000000", "1000000000000000"),
    ("-1000000000000000", "-1000000000000000"),
    ("18446744073709551615::UBIGINT", "18446744073709551615"),
    ("170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"),
    ("7::HUGEINT", 7),
    ("7::UHUGEINT", 7),
    ("255::UTINYINT", 255),
    ("12345678901234567890::BIGNUM", "12345678901234567890"),
    ("'nan'::DOUBLE", None),
    ("'-inf'::FLOAT", None),
    ("1e300::DOUBLE", 1e300),
    ("5e-324::DOUBLE", 5e-324),
    ("0.1::FLOAT", 0.1),
    ("0.1::DOUBLE + 0.2::DOUBLE", 0.1 + 0.2),
    ("-1.50::DECIMAL(4,2)", -1.5),
    ("1.5::DECIMAL(38,10)", 1.5),
    ("1234567890123456.5::DECIMAL(38,1)", "1234567890123456.5"),
    ("true", True),
    ("DATE '1900-02-28'", "1900-02-28"),
    ("DATE '0044-03-15 (BC)'", "0044-03-15 (BC)"),
    ("DATE 'infinity'", "infinity"),
    ("TIMESTAMP '1900-02-28 23:59:59'", "1900-02-28 23:59:59"),
    ("TIMESTAMP '-infinity'", "-infinity"),
    ("TIMESTAMP '1900-03-01 00:00:01'", datetime(1900, 3, 1, 0, 0, 1)),  # noqa: DTZ001
    ("TIMESTAMP '2013-01-01 05:15:00'", datetime(2013, 1, 1, 5, 15)),  # noqa: DTZ001
    ("TIMESTAMP '2013-01-01 23:59:59.999'", datetime(2013, 1, 1, 23, 59, 59, 999000)),  # noqa: DTZ001
    ("TIMESTAMP_NS '2013-01-01 05:15:00.001'", datetime(2013, 1, 1, 5, 15, 0, 1000)),  # noqa: DTZ001
    ("TIMESTAMP_MS '2013-01-01 05:15:00.001'", datetime(2013, 1, 1, 5, 15, 0, 1000)),  # noqa: DTZ001
    ("TIMESTAMP_S '2013-01-01 05:15:01'", datetime(2013, 1, 1, 5, 15, 1)),  # noqa: DTZ001
    ("TIMESTAMPTZ '2013-01-01 05:15:00+02'", datetime(2013, 1, 1, 3, 15)),  # noqa: DTZ001
    ("TIMESTAMPTZ 'infinity'", "infinity"),
    ("TIMESTAMP '9999-12-31 23:59:59.999'", datetime(9999, 12, 31, 23, 59, 59, 999000)),  # noqa: DTZ001
    ("TIMESTAMP '9999-12-31 23:59:59.999999'", "9999-12-31 23:59:59.999999"),
    ("TIMESTAMP '10000-01-01 00:00:00'", "10000-01-01 00:00:00"),
    ("TIME '05:15:01.5'", time(5, 15, 1, 500_000)),
    ("TIME '00:00:00'", time(0)),
    ("TIME '23:59:59.999'", time(23, 59, 59, 999_000)),
    ("TIME '23:59:59.999999'", "23:59:59.999999"),
    ("TIME '24:00:00'", "24:00:00"),
    ("'05:15:00+02'::TIMETZ", "05:15:00+02"),
    ("INTERVAL '1 day 2 hours'", "1 day 02:00:00"),
    ("'\\xFFa<'::BLOB", "\\xFFa<"),
    ("'5fa3ad4c-8b3e-4b8e-9c1e-1d6c3e9a1b2c'::UUID", "5fa3ad4c-8b3e-4b8e-9c1e-1d6c3e9a1b2c"),
    ("'b<'::ENUM('a', 'b<')", "b<"),
    ("'101'::BIT", "101"),
    ("[1, NULL, 3]", "[1, NULL, 3]"),
    ("[1, 2]::INTEGER[2]", "[1, 2]"),
    ("{'a': '<b>', 'c': [1]}", "{'a': <b>, 'c': [1]}"),
    ("MAP {'k': 1.5}", "{k=1.5}"),
    ("union_value(n := 1)", "1"),
    ('\'{"a": "<"}\'::JSON', '{"a": "<"}'),
    ("NULL", None),
    ("NULL::DOUBLE", None),
    ("NULL::BOOLEAN", None),
    ("NULL::TIMESTAMP", None),
    ("''", None),
]


@pytest.fixture(scope="module")
def typed() -> bytes:
    """One row with all of them, and a text at the end to see that nothing has moved."""
    selected = ", ".join(f"{sql} AS c{number}" for number, (sql, _) in enumerate(TYPED))
    return export(XlsxWriter, f"SELECT {selected}, 'end' AS last")


@READERS
def test_each_type_becomes_the_cell_that_suits_it(read: Any, typed: bytes) -> None:
    (row,) = read(typed)
    assert row == (*(as_calamine_date(value, read) for _, value in TYPED), "end")
    assert [type(cell) is bool for cell in row] == [*(type(value) is bool for _, value in TYPED), False]


def as_calamine_date(value: Any, read: Any) -> Any:
    is_midnight = isinstance(value, datetime) and value.time() == time(0)
    return value.date() if is_midnight and read is by_calamine else value


@READERS
def test_each_day_from_march_1900_on_is_the_same_day_everywhere(read: Any) -> None:
    days = [date(1900, 3, 1), date(1904, 2, 29), date(2000, 2, 29), date(2013, 1, 1), date(9999, 12, 31)]
    found = read(export(XlsxWriter, *values(*[(day,) for day in days])))
    assert [str(day)[:10] for (day,) in found] == [str(day) for day in days]


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(st.lists(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)), min_size=1, max_size=50))  # noqa: DTZ001
def test_timestamps_come_back_to_the_millisecond(moments: list[datetime]) -> None:
    found = by_openpyxl(export(XlsxWriter, *values(*[(moment,) for moment in moments])))
    assert all(abs(cell - moment) <= timedelta(milliseconds=1) for (cell,), moment in zip(found, moments, strict=True))


@pytest.mark.parametrize(
    ("sql", "style", "number_format"),
    [
        ("1", ColumnStyle(), "General"),
        ("1.5::DOUBLE", ColumnStyle(), "General"),
        ("1.5::DECIMAL(12,2)", ColumnStyle(), "#,##0.00"),
        ("1.5::DECIMAL(38,10)", ColumnStyle(), "General"),
        ("7::DECIMAL(18,0)", ColumnStyle(), "General"),
        ("DATE '2013-01-01'", ColumnStyle(), "yyyy-mm-dd"),
        ("TIMESTAMP '2013-01-01 05:15:00'", ColumnStyle(), "yyyy-mm-dd hh:mm:ss"),
        ("TIMESTAMPTZ '2013-01-01 05:15:00+00'", ColumnStyle(), 'yyyy-mm-dd hh:mm:ss "UTC"'),
        ("TIME '05:15:00'", ColumnStyle(), "hh:mm:ss"),
        ("'text'", ColumnStyle(), "General"),
        ("DATE '2013-01-01'", ColumnStyle(number_format="yyyy-mm"), "yyyy-mm"),
        ("0.25::DOUBLE", ColumnStyle(number_format="0.0%"), "0.0%"),
        ("5", ColumnStyle(number_format='0 "<&>"'), '0 "<&>"'),
        ("'text'", ColumnStyle(number_format="@"), "@"),
    ],
)
def test_cells_are_formatted_as_asked_or_as_their_type(sql: str, style: ColumnStyle, number_format: str) -> None:
    assert cell_of(sql, style).number_format == number_format


def test_long_texts_are_cut_with_a_mark() -> None:
    value = cell_of("repeat('😀', 20000)").value
    assert value.endswith(CUT_MARK)
    assert MAX_UNITS - 1 <= len(value.encode("utf-16-le")) // 2 <= MAX_UNITS
