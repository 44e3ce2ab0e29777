"""Workbooks as other programs read them."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import python_calamine
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

Rows = list[tuple[Any, ...]]


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


def sheet_xml(file: bytes, number: int = 1) -> ET.Element:
    return ET.fromstring(zipfile.ZipFile(io.BytesIO(file)).read(f"xl/worksheets/sheet{number}.xml"))


def ignore(_: bytes) -> None: ...
