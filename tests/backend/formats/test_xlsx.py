"""XLSX, written by DuckDB through its writer and read back by openpyxl and calamine."""

import io
import math
import re
import threading
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from backend.formats import Document
from backend.formats.sql import literal, quoted
from backend.formats.xlsx import XlsxWriter
from backend.formats.xlsx_text import CUT_MARK, MAX_UNITS
from backend.query import ColumnStyle
from tests.backend.formats.duck import TARGET, Sink, columns_of, export, table, write_result

Rows = list[tuple[Any, ...]]

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


def opened(file: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(file))


def rows_of(sheet: Worksheet) -> Rows:
    """Return the rows under the header, the escapes decoded that openpyxl leaves and Excel decodes."""
    found = sheet.iter_rows(min_row=2, values_only=True)
    return [tuple((unescape(cell) or None) if isinstance(cell, str) else cell for cell in row) for row in found]


def by_openpyxl(file: bytes) -> Rows:
    return rows_of(opened(file).worksheets[0])


def by_calamine(file: bytes) -> Rows:
    sheet = python_calamine.load_workbook(io.BytesIO(file)).get_sheet_by_index(0)
    return [tuple(None if cell == "" else cell for cell in row) for row in sheet.to_python()[1:]]


READERS = pytest.mark.parametrize("read", [by_openpyxl, by_calamine])


def values(*rows: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return a SELECT of the rows, in their order, and its binds."""
    lines = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
    return f"FROM (VALUES {lines})", [cell for row in rows for cell in row]


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


def sheet_xml(file: bytes, number: int = 1) -> ET.Element:
    return ET.fromstring(zipfile.ZipFile(io.BytesIO(file)).read(f"xl/worksheets/sheet{number}.xml"))


def ignore(_: bytes) -> None: ...


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


def test_a_workbook_is_a_table_with_header_filter_and_widths() -> None:
    sql = "SELECT 1 AS id, DATE '2013-01-01' AS day, 'x' AS \"A column with quite a long name\", 1.5 AS wide"
    sheet = opened(export(XlsxWriter, sql, wide=ColumnStyle(width=33))).worksheets[0]
    header = sheet["A1"]
    assert (header.font.b, header.fill.fill_type, header.border.bottom.style) == (True, "solid", "thin")
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:D2", "$1:$1")
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert widths[3] == pytest.approx(33.71)
    assert widths[0] < widths[2]
    assert widths[2] > len("A column with quite a long name")


def test_the_filter_has_the_name_that_excel_looks_for() -> None:
    file = zipfile.ZipFile(io.BytesIO(export(XlsxWriter, "SELECT 1 AS a, 2 AS b", title="It's")))
    workbook = file.read("xl/workbook.xml").decode()
    assert "localSheetId=\"0\" hidden=\"1\">'It''s'!$A$1:$B$2</definedName>" in workbook


def test_widths_come_before_the_rows_and_the_filter_after() -> None:
    names = [element.tag.rpartition("}")[2] for element in sheet_xml(export(XlsxWriter, "SELECT 1 AS a"))]
    assert names == [
        *("sheetPr", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "pageMargins", "pageSetup")
    ]


def test_every_cell_says_where_it_is() -> None:
    sql = "SELECT " + ", ".join(f"CASE WHEN i % 2 = 0 THEN i END AS c{n}" for n in range(30)) + " FROM range(3) t(i)"
    namespace = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    rows = sheet_xml(export(XlsxWriter, sql)).findall("x:sheetData/x:row", namespace)
    assert [row.get("r") for row in rows] == ["1", "2", "3", "4"]
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "AA", "AB", "AC", "AD"]
    for row in rows:
        assert [cell.get("r") for cell in row] == [f"{each}{row.get('r')}" for each in letters]


def test_the_last_sheet_says_what_the_file_is() -> None:
    about = (("Carrier", "AA & UA"), ("Made", "2026-11-23 08:00 UTC\nby Reportwire"))
    sql = "SELECT i, TIMESTAMPTZ '2013-01-01 00:00:00+00' AS left_at FROM range(1234) t(i)"
    workbook = opened(export(XlsxWriter, sql, title="Delays <all>", about=about))
    assert workbook.sheetnames == ["Delays <all>", "About this report"]
    rows = [row for row in workbook.worksheets[1].iter_rows(values_only=True) if any(row)]
    assert rows == [("Delays <all>", None), *about, ("Time zone", "UTC: left_at"), ("Rows", 1234)]
    assert (workbook.properties.title, workbook.properties.creator) == ("Delays <all>", "Reportwire")


def test_a_long_text_about_the_report_has_room() -> None:
    about = (("Short", "one line"), ("Long", "word " * 40), ("Lines", "a\nb\nc"))
    sheet = opened(export(XlsxWriter, "SELECT 1 AS a", about=about)).worksheets[1]
    assert [sheet.row_dimensions[row].height for row in (3, 4, 5, 6)] == [None, 45, 45, None]


@READERS
def test_no_rows_still_make_a_table(read: Any) -> None:
    file = export(XlsxWriter, "SELECT 1 AS a, 'x' AS b WHERE false")
    sheet = opened(file).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["a", "b"]
    assert sheet.auto_filter.ref == "A1:B1"
    assert read(file) == []


def test_no_columns_make_an_empty_sheet() -> None:
    file = bytearray()
    writer = XlsxWriter(Document(title="Nothing", columns=()), file.extend)
    with table("SELECT 1 AS a") as connection:
        write_result(connection, writer)
    workbook = opened(bytes(file))
    assert workbook.worksheets[0].max_column == 1
    assert workbook.worksheets[0]["A1"].value is None


@pytest.mark.parametrize(
    "name",
    [
        "rowid",
        "r",
        "c1",
        "source",
        "a b",
        'say "x"',
        "it's",
        "a\nb",
        "<&>",
        "=1+1",
        "ÄÖ",
        "日本",
        "x'; DROP TABLE result; --",
    ],
)
def test_a_column_may_be_called_anything(name: str) -> None:
    file = export(XlsxWriter, f"SELECT 10 + i AS {quoted(name)}, {literal(name)} AS c0 FROM range(2) t(i)")
    assert [cell.value for cell in opened(file).worksheets[0][1]] == [name, "c0"]
    assert by_openpyxl(file) == [(10, name), (11, name)]


def test_a_target_may_be_called_anything() -> None:
    with table("SELECT 1 AS a") as connection:
        sql = XlsxWriter(Document(title="x", columns=columns_of(connection)), ignore).copy("result", "sink://it's.gz")
    assert "TO 'sink://it''s.gz' (" in sql


def test_more_columns_than_a_sheet_has_are_refused() -> None:
    with table("SELECT 1 AS a") as connection:
        columns = columns_of(connection) * 16_385
    with pytest.raises(ValueError, match="at most 16,384 columns"):
        XlsxWriter(Document(title="x", columns=columns), ignore)


def test_many_columns_work() -> None:
    sql = "SELECT " + ", ".join(f"i AS i{n}, 's<' || i AS s{n}" for n in range(60)) + " FROM range(3) t(i)"
    assert by_openpyxl(export(XlsxWriter, sql)) == [(i, f"s<{i}") * 60 for i in range(3)]


def test_the_same_rows_make_the_same_file() -> None:
    sql = "SELECT i, 'text ' || i AS s FROM range(5000) t(i)"
    assert export(XlsxWriter, sql) == export(XlsxWriter, sql)


def test_rows_that_were_lost_make_no_file() -> None:
    with table("SELECT 1 AS a") as connection:
        writer = XlsxWriter(Document(title="x", columns=columns_of(connection)), ignore)
        connection.register_filesystem(Sink(writer.write))
        connection.execute(writer.copy("result", TARGET))
        with pytest.raises(ValueError, match="Of 2 rows 1 came"):
            writer.finish(2)


class Full(Exception):
    """The test's own, by itself or in the words of DuckDB: it depends on what is ready when."""

    def __str__(self) -> str:
        return "Full"


def test_an_upload_that_fails_ends_the_writing() -> None:
    def write(_: bytes) -> None:
        raise Full

    with table("SELECT i FROM range(10) t(i)") as connection:
        writer = XlsxWriter(Document(title="x", columns=columns_of(connection)), write)
        with pytest.raises((Full, duckdb.Error), match="Full"):
            write_result(connection, writer)


def test_a_block_that_cannot_be_deflated_ends_the_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    def deflate(_: object) -> None:
        raise Full

    monkeypatch.setattr("backend.formats.deflating.deflate", deflate)
    with table("SELECT i FROM range(10) t(i)") as connection:
        writer = XlsxWriter(Document(title="x", columns=columns_of(connection)), ignore)
        with pytest.raises((Full, duckdb.Error), match="Full"):
            write_result(connection, writer)


def test_a_file_that_was_left_leaves_no_threads() -> None:
    with table("SELECT i FROM range(10) t(i)") as connection:
        before = threading.enumerate()
        writer: XlsxWriter | None = XlsxWriter(Document(title="x", columns=columns_of(connection)), ignore)
        assert writer
        writer.write(b'\t<row r="2"></row>')
        threads = [thread for thread in threading.enumerate() if thread not in before]
        assert threads
        writer = None
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)


def test_writes_may_end_anywhere() -> None:
    file = bytearray()
    with table("SELECT i, 'a<b' AS s FROM range(300) t(i)") as connection:
        writer = XlsxWriter(Document(title="x", columns=columns_of(connection)), file.extend)

        def in_pieces(data: bytes) -> None:
            for start in range(0, len(data), 97):
                writer.write(data[start : start + 97])

        write_result(connection, writer, in_pieces)
    assert by_openpyxl(bytes(file)) == [(i, "a<b") for i in range(300)]


def test_it_counts_the_rows_as_they_come() -> None:
    with table("SELECT i FROM range(10) t(i)") as connection:
        writer = XlsxWriter(Document(title="x", columns=columns_of(connection)), ignore)
        assert writer.rows_written == 0
        write_result(connection, writer)
    assert writer.rows_written == 10


def test_long_texts_are_cut_with_a_mark() -> None:
    value = cell_of("repeat('😀', 20000)").value
    assert value.endswith(CUT_MARK)
    assert MAX_UNITS - 1 <= len(value.encode("utf-16-le")) // 2 <= MAX_UNITS
