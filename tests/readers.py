"""What other programs read from the files of reports, and what they should find there."""

import csv
import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import python_calamine

from backend.formats.value_types import kind_of

Rows = list[tuple[Any, ...]]


def read_parquet(path: Path) -> tuple[list[str], list[str], Rows]:
    """Return names, kinds and rows."""
    with duckdb.connect() as connection:
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
        rows = connection.execute("FROM read_parquet($path)", {"path": str(path)}).fetchall()
    return [name for name, *_ in described], [kind_of(kind) for _, kind, *_ in described], rows


def read_csv(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def read_with_openpyxl(path: Path) -> Rows:
    workbook = openpyxl.load_workbook(path, read_only=True)
    try:
        return [tuple(as_read(cell) for cell in row) for row in workbook.worksheets[0].iter_rows(values_only=True)]
    finally:
        workbook.close()


def read_with_calamine(path: Path) -> Rows:
    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return [tuple(as_read(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False)]


def in_csv(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case str() if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
            return f"'{cell}"
        case _:
            return str(cell)


def in_sheet(cell: object, kind: str) -> object:
    """Return what a reader of the sheet should find: numbers are doubles there, and dates have a time."""
    match cell:
        case None | "":
            return None
        case bool() | str():
            return cell
        case int() | float() | Decimal():
            return pytest.approx(float(cell), rel=1e-15)
        case datetime() | time():
            return cell
        case date():
            return at_midnight(cell)
        case _:
            raise AssertionError(kind)


def as_read(cell: object) -> object:
    match cell:
        case "":
            return None
        case datetime():
            return round_to_seconds(cell)
        case date():
            return at_midnight(cell)
        case _:
            return cell


def at_midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def round_to_seconds(moment: datetime) -> datetime:
    """Readers turn a serial number into a time with an error below a millisecond."""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
