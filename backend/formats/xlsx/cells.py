"""How a value of each type becomes a cell, in DuckDB's SQL.

columns ──▶ **cell_of** ──▶ row
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backend.formats.file import Column
from backend.formats.value_types import kind_of

_EXACT_DIGITS = 15
"""Decimal digits of a spreadsheet's numbers. Source:
https://support.microsoft.com/office/excel-specifications-and-limits."""
_TOO_LONG = 10**_EXACT_DIGITS

_DAY_US = 86_400_000_000
_EPOCH_SERIAL = 25_569
"""1970-01-01, in days from 1899-12-30."""
_FIRST_DAY, _LAST_DAY = "1900-03-01", "9999-12-31"
"""Excel counts a 29 February 1900, so that days before the next have one number in Excel and another elsewhere."""
_FIRST_US, _END_US = -2_203_891_200_000_000, 253_402_300_799_999_500
"""The first and last of these days, from 1970-01-01; a time that rounds to a millisecond after the last is no date."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The expressions that make a cell of a value, `{c}`. DuckDB removes those that are never needed."""

    is_empty: str = "{c} IS NULL"
    is_number: str = "true"
    number: str = "{c}"
    unit: str = ""
    """Text that follows the number within its element."""
    text: str = "{c}::VARCHAR"
    """The text to write if the value cannot be a number."""
    type_attribute: str = ""


def _serial(microseconds: str) -> str:
    """Return the days and their fraction, in units of 1e-12 days: integers are written faster than a DOUBLE."""
    return f"({microseconds}) // {_DAY_US} * 1000000000000 + (({microseconds}) % {_DAY_US} * 625 + 27) // 54"


_SERIAL_UNIT = "E-12"
_PLAIN_TEXT = Cell(is_number="false", text="{c}")
_SHORT_NUMBER = Cell()
_LONG_NUMBER = Cell(is_number=f"{{c}} > -{_TOO_LONG} AND {{c}} < {_TOO_LONG}")

_OF_KIND: Mapping[str, Cell] = {
    "text": _PLAIN_TEXT,
    "number": Cell(is_empty="{c} IS NULL OR NOT isfinite({c})", number="CASE WHEN isfinite({c}) THEN {c} END"),
    "boolean": Cell(number="{c}::UTINYINT", type_attribute=' t="b"'),
    "date": Cell(
        is_number=f"{{c}} BETWEEN DATE '{_FIRST_DAY}' AND DATE '{_LAST_DAY}'", number="{c} - DATE '1899-12-30'"
    ),
    # With fewer digits LibreOffice cuts a time off a second early.
    "time": Cell(
        is_number=f"epoch_us({{c}}) < {_DAY_US - 500}", number="(epoch_us({c}) * 312500 + 13) // 27", unit="E-15"
    ),
    "timestamp": Cell(
        is_number=f"epoch_us({{c}}) >= {_FIRST_US} AND epoch_us({{c}}) < {_END_US}",
        number=_serial(f"epoch_us({{c}}) + {_EPOCH_SERIAL * _DAY_US}"),
        unit=_SERIAL_UNIT,
    ),
}
_DOUBLE = replace(_OF_KIND["number"], number="CASE WHEN isfinite({c}) THEN to_json({c}) END")
"""See `raw_lines.text_of`."""
_FINE_INSTANT = replace(
    _OF_KIND["timestamp"],
    is_number=_OF_KIND["timestamp"].is_number.replace("{c}", "{c}::TIMESTAMPTZ"),
    number=_OF_KIND["timestamp"].number.replace("{c}", "{c}::TIMESTAMPTZ"),
)


def cell_of(column: Column) -> Cell:
    """Return the expressions for the column's cells."""
    match cell_kind_of(column):
        case "number" if column.type == "DOUBLE":
            return _DOUBLE
        case "timestamp" if column.type == "TIMESTAMPTZ_NS":
            return _FINE_INSTANT
        case "integer":
            return _SHORT_NUMBER if column.type.endswith(("TINYINT", "SMALLINT", "INTEGER")) else _LONG_NUMBER
        case "decimal":
            return _SHORT_NUMBER if _integer_digits(column.type) <= _EXACT_DIGITS else _LONG_NUMBER
        case kind:
            return _OF_KIND[kind]


def cell_kind_of(column: Column) -> str:
    """Return the kind of the column's cells: a time with a zone is text, as a spreadsheet has no such time."""
    return "text" if column.type == "TIME WITH TIME ZONE" else kind_of(column.type)


def _integer_digits(decimal: str) -> int:
    width, scale = decimal.removeprefix("DECIMAL(").removesuffix(")").split(",")
    return int(width) - int(scale)
