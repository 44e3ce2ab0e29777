"""CSV files copied in one plain dialect, with the types of their columns, for DuckDB to read.

conversion ── CSV files ──▶ **CsvCopies** ──▶ a SELECT for DuckDB
csv_records ── blocks ──▶ CsvCopies ──▶ csv_types

DuckDB's own detection is not used: it reads broken lines as a header or a comment, and 01/02/2024 as a date.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.formats.sql import literal, quoted
from infra.local.datasets import csv_records
from infra.local.datasets.csv_records import DELIMITERS
from infra.local.datasets.csv_types import TEXT, ColumnType

LONGEST_LINE = 2_000_000
"""Bytes that DuckDB expects of a line unless told of more. Source: its documentation of `max_line_size`."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A file in the plain dialect, without the names."""

    file: Path
    columns: tuple[str, ...]
    delimiter: str
    longest_line: int
    """Bytes: no line has more."""
    has_folded_lines: bool
    """Whether a cell holds an end of line."""


class CsvCopies:
    """Files with the same columns, in any order; a type holds for the cells of all files."""

    def __init__(self, scratch: Path, delimiter: str | None = None) -> None:
        self._scratch = scratch
        self._delimiter = delimiter
        self._copies: list[_Copy] = []
        self._types: dict[str, ColumnType] = {}
        self._notes: list[str] = []

    def add(self, file: Path) -> tuple[str, ...]:
        """Copy a file, and return its columns.

        Raises:
            DataError: The file is broken, or two delimiters fit; the message names it.
        """
        target = self._scratch / f"{len(self._copies)}.csv"
        longest, has_folded_lines = 0, False
        with csv_records.read(file, self._delimiter) as table, target.open("wb") as copy:
            types = [self._types.setdefault(name, ColumnType()) for name in table.columns]
            for block in table.blocks:
                for column, cells in zip(types, block.cells, strict=True):
                    column.take(cells)
                text = block.text.encode()
                copy.write(text)
                longest = max(longest, len(text))
                has_folded_lines |= block.has_folded_lines
        self._notes += [f"{file}: {note}" for note in table.notes]
        self._copies.append(_Copy(target, table.columns, table.delimiter, longest, has_folded_lines))
        return table.columns

    @property
    def notes(self) -> list[str]:
        """The delimiters, names that were made up, and what was left out."""
        found = dict.fromkeys(copy.delimiter for copy in self._copies)
        said = " or ".join(DELIMITERS.get(delimiter, delimiter) for delimiter in found)
        return [f"CSV with {said} between its cells", *self._notes] if said else []

    def kinds(self, as_text: Collection[str] = ()) -> dict[str, str | None]:
        """Return DuckDB's name for each column's type, which is text if so asked; None for a column without values."""
        return {
            name: None if column.is_empty else TEXT if name in as_text else column.name
            for name, column in self._types.items()
        }

    def rows(self, kinds: Mapping[str, str | None]) -> str:
        """Return the SELECT of all rows, each column of the type given, for a connection whose time zone is UTC."""
        casts = ", ".join(self._cast(name, kind or TEXT) for name, kind in kinds.items())
        copies = " UNION ALL BY NAME ".join(map(_scan, self._copies))
        return f"SELECT {casts} FROM ({copies})"  # noqa: S608  names are quoted

    def _cast(self, name: str, kind: str) -> str:
        column = quoted(name)
        if kind == TEXT:
            return column
        if self._types[name].is_instant:
            # Straight to TIMESTAMP, the zone would be dropped; the connection's own zone is UTC.
            return f"(trim({column})::TIMESTAMPTZ AT TIME ZONE 'UTC')::{kind} AS {column}"
        return f"trim({column})::{kind} AS {column}"


def _scan(copy: _Copy) -> str:
    columns = ", ".join(f"{literal(name)}: '{TEXT}'" for name in copy.columns)
    options = {
        "auto_detect": "false",
        "header": "false",
        "delim": literal(copy.delimiter),
        "quote": literal('"'),
        "escape": literal('"'),
        "new_line": r"'\r\n'",
        "columns": f"{{{columns}}}",
        "parallel": str(not copy.has_folded_lines).lower(),
    }
    if copy.longest_line > LONGEST_LINE:
        options["max_line_size"] = str(copy.longest_line)
    given = ", ".join(f"{name} = {value}" for name, value in options.items())
    return f"FROM read_csv({literal(str(copy.file))}, {given})"
