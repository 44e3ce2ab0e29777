"""Types for the columns of CSV files.

csv_copies ── blocks of cells ──▶ **ColumnType** ──▶ DuckDB's name of the type

A column has a type if every cell, from the first row to the last, is a plain value of it that survives: the value
written back is the value that was written. Numbers have no leading zeros and no thousands separators, dates and times
are ISO 8601. Any other column is text, unchanged.

A block is compared with the pattern of what its column has shown so far, all cells at once; only a block that differs
is examined cell by cell.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import IntFlag, auto
from functools import lru_cache
from math import isfinite

TEXT = "VARCHAR"
SHORT_DIGITS, MOST_DIGITS = 18, 38
"""Digits of a DECIMAL in eight bytes, and of any."""
SHORT_SCALE = 6
"""Decimals with more digits after the point are DOUBLE where that keeps them."""
DOUBLE_DIGITS = 15
"""Digits of a decimal number that a DOUBLE always keeps. Source: IEEE 754, binary64."""
LONGEST_NUMBER = 400
"""Characters. A longer cell is a text."""

_SEPARATOR = "\x1f"
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIMESTAMP = rf"{_DATE}[ T]{_CLOCK}(?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?"
_ZONE = "(?:Z|[-+](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"


class Kind(IntFlag):
    """The types that a cell may have."""

    INTEGER = auto()
    DECIMAL = auto()
    DOUBLE = auto()
    BOOLEAN = auto()
    DATE = auto()
    TIMESTAMP = auto()
    INSTANT = auto()
    """A timestamp with its zone, which becomes one of UTC."""
    TIME = auto()


NUMBER = Kind.INTEGER | Kind.DECIMAL | Kind.DOUBLE
_ANY = ~Kind(0)

_SHAPES = {
    Kind.BOOLEAN: "(?i:true|false)",
    Kind.DATE: _DATE,
    Kind.TIMESTAMP: _TIMESTAMP,
    Kind.INSTANT: _TIMESTAMP + _ZONE,
    Kind.TIME: f"{_CLOCK}(?::[0-5][0-9])?",
}
_EVERY_MONTHS_DAY = "(?:[0-9]{3}[1-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8]))"
"""Dates that need no look at the calendar."""


class ColumnType:
    """The type of one column, found from its cells; those that are empty say nothing."""

    def __init__(self) -> None:
        self._kinds = _ANY
        self._digits = (0, 0)
        """The most digits of a number before and after the point."""

    @property
    def is_empty(self) -> bool:
        """Whether no cell had a value yet."""
        return self._kinds == _ANY

    def take(self, cells: Sequence[str]) -> None:
        """Take note of a block of cells."""
        if not self._kinds or self._shows_nothing_new(cells):
            return
        for cell in set(cells):
            if cell:
                self._kinds &= self._kinds_of(cell.strip(" "))
                if not self._kinds:
                    return

    @property
    def name(self) -> str:
        """The type as DuckDB names it: the first that keeps every cell."""
        if self.is_empty or not self._kinds:
            return TEXT
        if self._kinds & NUMBER:
            return self._number()
        kind = next(kind for kind in _SHAPES if kind in self._kinds)
        return (Kind.TIMESTAMP if kind is Kind.INSTANT else kind).name or TEXT

    def _number(self) -> str:
        if Kind.INTEGER in self._kinds:
            return "BIGINT"
        before, after = self._digits
        is_decimal = Kind.DECIMAL in self._kinds and after > 0 and before + after <= MOST_DIGITS
        if is_decimal and before + after <= SHORT_DIGITS and after <= SHORT_SCALE:
            return f"DECIMAL({SHORT_DIGITS},{after})"
        if Kind.DOUBLE in self._kinds:
            return "DOUBLE"
        if is_decimal:
            return f"DECIMAL({max(before + after, SHORT_DIGITS)},{after})"
        return TEXT

    @property
    def is_instant(self) -> bool:
        """Whether the cells are timestamps with a zone."""
        return Kind.INSTANT in self._kinds and not self.is_empty

    def _shows_nothing_new(self, cells: Sequence[str]) -> bool:
        """Return whether all cells are certainly of the kinds found, with no more digits."""
        before, after = self._digits
        if self.is_empty:
            return not any(cells)
        if self._kinds != Kind.DOUBLE:
            joined = _SEPARATOR.join(cells) + _SEPARATOR
            is_one_each = joined.count(_SEPARATOR) == len(cells)
            if not is_one_each or not _cells(self._kinds, before, after).fullmatch(joined):
                return False
        if Kind.INTEGER in self._kinds and before > SHORT_DIGITS:
            return False
        if (Kind.DOUBLE in self._kinds and before + after > DOUBLE_DIGITS) or self._kinds == Kind.DOUBLE:
            return all(map(_is_written_as_double, filter(None, cells)))
        return True

    def _kinds_of(self, cell: str) -> Kind:
        """Return the types of a cell, and note its digits."""
        if len(cell) > LONGEST_NUMBER:
            return Kind(0)
        if number := re.fullmatch(r"-?(0|[1-9][0-9]*)(?:\.([0-9]+))?([eE][-+]?[0-9]{1,3})?", cell):
            return self._kinds_of_number(cell, len(number[1]), len(number[2] or ""), has_exponent=number[3] is not None)
        return next(
            (kind for kind, shape in _SHAPES.items() if re.fullmatch(shape, cell) and _is_real(kind, cell)), Kind(0)
        )

    def _kinds_of_number(self, cell: str, before: int, after: int, *, has_exponent: bool) -> Kind:
        kinds = Kind.DOUBLE if _survives_as_double(cell) else Kind(0)
        is_minus_zero = cell.startswith("-") and not cell.strip("-0.")
        if has_exponent or is_minus_zero:
            return kinds
        self._digits = (max(self._digits[0], before), max(self._digits[1], after))
        if not after and -(2**63) <= int(cell) < 2**63:
            kinds |= Kind.INTEGER
        if before + after <= MOST_DIGITS:
            kinds |= Kind.DECIMAL
        return kinds


@lru_cache(maxsize=256)
def _cells(kinds: Kind, before: int, after: int) -> re.Pattern[str]:
    """Return a pattern of cells that are certainly of these kinds, with at most so many digits around the point.

    It holds no group that Python would have to remember, which takes twice the time.
    """
    if not kinds & NUMBER:
        cell = next(shape for kind, shape in _SHAPES.items() if kind in kinds).replace(_DATE, _EVERY_MONTHS_DAY)
    elif after:
        cell = rf"-?+[1-9][0-9]{{0,{before - 1}}}+(?:\.[0-9]{{1,{after}}}+)?+|0(?:\.[0-9]{{1,{after}}}+)?+"
    else:
        cell = rf"-?+[1-9][0-9]{{0,{before - 1}}}+|0"
    return re.compile(f"(?:(?:{cell}|){_SEPARATOR})*+")


def _is_real(kind: Kind, cell: str) -> bool:
    """Return whether the calendar has the day that a cell names, in UTC too."""
    if kind not in {Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT}:
        return True
    try:
        datetime.fromisoformat(cell[:10])
    except ValueError:
        return False
    return kind is not Kind.INSTANT or "0001-01-01" < cell[:10] < "9999-12-31"


def _survives_as_double(number: str) -> bool:
    return isfinite(float(number)) and Decimal(repr(float(number))) == Decimal(number)


def _is_written_as_double(cell: str) -> bool:
    """Return whether a cell is a number as Python writes a DOUBLE, which keeps it."""
    try:
        return repr(float(cell)) == cell and cell[-1].isdigit()
    except ValueError:
        return False
