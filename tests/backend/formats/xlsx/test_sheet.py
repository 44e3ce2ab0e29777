"""How rows find their place in the sheets of a workbook, and what the sheets are called."""

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from backend.formats.file import Document
from backend.formats.xlsx.parts import ABOUT, sheet_names
from backend.formats.xlsx.workbook import XlsxWriter
from tests.backend.formats.duck import columns_of, table, write_result


def workbook(sql: str, rows_per_sheet: int, title: str = "Data") -> bytes:
    file = bytearray()
    with table(sql) as connection:
        document = Document(title=title, columns=columns_of(connection))
        write_result(connection, XlsxWriter(document, file.extend, rows_per_sheet=rows_per_sheet))
    return bytes(file)


def sheets_of(file: bytes) -> dict[str, list[list[Any]]]:
    opened = python_calamine.load_workbook(io.BytesIO(file))
    return {name: opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


@pytest.mark.parametrize(
    ("row_count", "counts"),
    [(0, [0]), (1, [1]), (99, [99]), (100, [100]), (101, [100, 1]), (200, [100, 100]), (250, [100, 100, 50])],
)
def test_rows_go_on_in_further_sheets(row_count: int, counts: list[int]) -> None:
    sheets = sheets_of(workbook(f"SELECT i FROM range({row_count}) t(i)", 100))
    names = ["Data", *(f"Data {number}" for number in range(2, len(counts) + 1))]
    assert list(sheets) == [*names, ABOUT]
    assert [len(sheets[name]) - 1 for name in names] == counts
    assert all(sheets[name][0] == ["i"] for name in names)
    assert [row[0] for name in names for row in sheets[name][1:]] == list(range(row_count))
    assert (["Sheets with data", len(counts)] in sheets[ABOUT]) == (len(counts) > 1)


def test_each_sheet_has_its_own_filter_and_frozen_header() -> None:
    file = workbook("SELECT i FROM range(250) t(i)", 100)
    sheets = openpyxl.load_workbook(io.BytesIO(file)).worksheets[:3]
    assert [(sheet.freeze_panes, sheet.auto_filter.ref) for sheet in sheets] == [
        ("A2", "A1:A101"),
        ("A2", "A1:A101"),
        ("A2", "A1:A51"),
    ]
    names = zipfile.ZipFile(io.BytesIO(file)).read("xl/workbook.xml").decode()
    assert re.findall(r"_FilterDatabase\" localSheetId=\"(\d)\" hidden=\"1\">'(.*?)'", names) == [
        ("0", "Data"),
        ("1", "Data 2"),
        ("2", "Data 3"),
    ]


@pytest.mark.slow
def test_rows_stay_in_order_across_slices_and_sheets() -> None:
    sheets = sheets_of(workbook("SELECT i, 'text <' || i AS s FROM range(400_000) t(i)", 150_001))
    rows = [row for name in ["Data", "Data 2", "Data 3"] for row in sheets[name][1:]]
    assert rows == [[i, f"text <{i}"] for i in range(400_000)]


@pytest.mark.slow
def test_a_sheet_has_as_many_rows_as_excel_allows() -> None:
    file = bytearray()
    with table("SELECT i FROM range(1_048_576) t(i)") as connection:
        write_result(connection, XlsxWriter(Document(title="Data", columns=columns_of(connection)), file.extend))
    archive = zipfile.ZipFile(io.BytesIO(file))
    assert archive.testzip() is None
    first, second = (archive.read(f"xl/worksheets/sheet{number}.xml") for number in (1, 2))
    assert first.count(b"<row ") == 1_048_576
    assert b'<row r="1048576"><c r="A1048576"><v>1048574</v></c></row></sheetData>' in first.replace(b"\n", b"")
    assert second.count(b"<row ") == 2
    assert b'r="2"><c r="A2"><v>1048575</v></c></row></sheetData>' in second.replace(b"\n", b"")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Plain", ["Plain", "Plain 2"]),
        ("", ["Report", "Report 2"]),
        (":*?/\\", ["Report", "Report 2"]),
        ("a/b: [c]*?\\d", ["a b   c d", "a b   c d 2"]),
        ("'quoted'", ["quoted", "quoted 2"]),
        ("History", ["History Report", "History Report 2"]),
        ("about THIS report", ["about THIS report 2", "about THIS report 3"]),
        ("x" * 40, ["x" * 31, "x" * 29 + " 2"]),
        ("x" * 29 + " 2", ["x" * 29 + " 2", "x" * 29 + " 3"]),
        ("😀" * 20, ["😀" * 15, "😀" * 14 + " 2"]),
    ],
)
def test_sheets_are_called_what_excel_allows(title: str, expected: list[str]) -> None:
    assert sheet_names(title, 2) == expected


@given(st.text(max_size=40), st.integers(1, 30))
def test_sheet_names_are_valid_and_each_its_own(title: str, count: int) -> None:
    names = [*sheet_names(title, count), ABOUT]
    assert len({name.casefold() for name in names}) == len(names) == count + 1
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]|^'|'$", name)
