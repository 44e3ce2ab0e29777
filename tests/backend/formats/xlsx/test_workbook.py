"""Workbooks as a whole, written by DuckDB through the writer, and what stops one."""

import io
import zipfile
from typing import Any

import duckdb
import pytest

from backend.catalog.query import ColumnStyle
from backend.formats.file import Document
from backend.formats.sql import literal, quoted
from backend.formats.xlsx.workbook import XlsxWriter
from tests.backend.formats.duck import columns_of, export, table, write_result
from tests.backend.formats.xlsx.workbooks import READERS, by_openpyxl, ignore, opened, sheet_xml


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
        sql = XlsxWriter(Document(title="x", columns=columns_of(connection)), ignore).copy(
            "result", range(1), "sink://it's.gz"
        )
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

    monkeypatch.setattr("backend.formats.xlsx.workbook.deflate", deflate)
    with table("SELECT i FROM range(10) t(i)") as connection:
        writer = XlsxWriter(Document(title="x", columns=columns_of(connection)), ignore)
        with pytest.raises((Full, duckdb.Error), match="Full"):
            write_result(connection, writer)
