"""CSV as RFC 4180 has it: UTF-8, CRLF, quotes only where needed; no cell that a spreadsheet takes for a formula.

engine ── `copy` ──▶ DuckDB ── lines ──▶ **CsvWriter** ──▶ upload
"""

import csv
import io
from collections.abc import Sequence

from backend.formats.csv_line import guarded, lines_select
from backend.formats.file import Document, Write
from backend.formats.raw_lines import copy_lines
from backend.formats.writer import tapering_slices

BOM = b"\xef\xbb\xbf"
SLICE_ROWS = (61_440, 122_880)
"""The least and the most rows of a slice: half a row group and one, as Parquet files mostly have them."""


class CsvWriter:
    """A `Writer` of CSV."""

    def __init__(self, document: Document, write: Write, *, slice_rows: tuple[int, int] = SLICE_ROWS) -> None:
        self._columns = document.columns
        self._delimiter = document.options["delimiter"]
        self._write = write
        self._least, self._most = slice_rows
        self._head = (BOM if document.options["bom"] else b"") + self._header().encode()

    def slices(self, row_count: int, ends: Sequence[int]) -> list[range]:
        """Cut the rows anywhere."""
        return tapering_slices(range(row_count), ends, least=self._least, most=self._most)

    def copy(self, relation: str, rows: range, target: str) -> str:  # noqa: ARG002
        """Return the COPY."""
        selected = lines_select(self._columns, self._delimiter, relation)
        return copy_lines(selected, target, new_line="\\r\\n")

    def prepare(self, data: bytes) -> tuple[bytes]:
        """Return the lines unchanged."""
        return (data,)

    def append(self, rows: range, piece: bytes) -> None:  # noqa: ARG002
        """Pass the lines on."""
        self._write(self._head + piece)
        self._head = b""

    def finish(self, row_count: int) -> None:  # noqa: ARG002
        """See that the file has begun."""
        if self._head:
            self._write(self._head)

    def _header(self) -> str:
        """The names are guarded like cells."""
        line = io.StringIO()
        csv.writer(line, delimiter=self._delimiter).writerow(guarded(column.name) for column in self._columns)
        return line.getvalue()
