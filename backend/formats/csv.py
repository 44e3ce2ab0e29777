"""CSV as RFC 4180 has it: UTF-8, CRLF, quotes only where needed; no cell that a spreadsheet takes for a formula.

engine ── `copy` ──▶ DuckDB ── lines ──▶ **CsvWriter** ──▶ upload
"""

from collections.abc import Sequence

from backend.formats import Column, Document, Write, even_slices
from backend.formats.kinds import kind_of
from backend.formats.sql import literal, quoted

BOM = b"\xef\xbb\xbf"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so gets an apostrophe in front. Source: https://owasp.org/www-community/attacks/CSV_Injection."""
FORMULA = r"'^[=+\-@\t\r]'"
"""The same as a regular expression in SQL."""
LEAST_ROWS, MOST_ROWS = 61_440, 491_520
"""In a slice: half a row group and four of them, as Parquet has them mostly."""


class CsvWriter:
    """A `Writer` of CSV."""

    def __init__(self, document: Document, write: Write) -> None:
        self._columns = document.columns
        self._delimiter = document.options["delimiter"]
        self._write = write
        self._mark = BOM if document.options["bom"] else b""

    def slices(self, row_count: int, ends: Sequence[int]) -> list[range]:
        """Cut the rows anywhere."""
        return even_slices(range(row_count), ends, least=LEAST_ROWS, most=MOST_ROWS)

    def copy(self, relation: str, rows: range, target: str) -> str:
        """Return the COPY. The header's names are guarded like cells."""
        make = _cell if len(self._columns) > 1 else _only_cell
        cells = ", ".join(f"{make(column)} AS {quoted(_guarded(column.name))}" for column in self._columns)
        header = "false" if rows.start else "true"
        lines = f"HEADER {header}, DELIMITER {literal(self._delimiter)}, NEW_LINE '\\r\\n'"
        options = f"FORMAT csv, {lines}, USE_TMP_FILE false"
        return f"COPY (SELECT {cells} FROM {relation}) TO {literal(target)} ({options})"  # noqa: S608  names are quoted

    def prepare(self, data: bytes) -> tuple[bytes]:
        """Leave the lines as they are."""
        return (data,)

    def append(self, rows: range, piece: bytes) -> None:  # noqa: ARG002
        """Pass the lines on."""
        if self._mark:
            self._write(self._mark)
            self._mark = b""
        self._write(piece)

    def finish(self, row_count: int) -> None:
        """Nothing follows the last line."""


def _cell(column: Column) -> str:
    name = quoted(column.name)
    if kind_of(column.type) != "text":
        return name
    text = name if column.type == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    # All of them sort before the letters: the comparison spares most cells the search, which takes ten times as long.
    # Not `IN (…)`: DuckDB makes a join of it, after which the rows come in any order.
    is_formula = f"{text} < 'A' AND regexp_matches({text}, {FORMULA})"
    return f"CASE WHEN {is_formula} THEN '''' || {text} ELSE {text} END"


def _only_cell(column: Column) -> str:
    """An empty line is no row to most readers; an empty text is written as two quotes."""
    return f"coalesce(CAST({_cell(column)} AS VARCHAR), '')"


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
