"""XLSX: a workbook with the rows as a table, a header that stays in sight, filters, and a sheet that says what it is.

engine ── `copy` ──▶ DuckDB ── rows as XML ──▶ **XlsxWriter** ── an archive ──▶ upload

More rows than a sheet holds go on in the next.
"""

from collections.abc import Iterator, Sequence

from backend.formats.file import Document, Write
from backend.formats.raw_lines import copy_lines
from backend.formats.writer import tapering_slices
from backend.formats.xlsx.parts import about_sheet, package_parts, sheet_path, workbook_parts
from backend.formats.xlsx.row import rows_select
from backend.formats.xlsx.sheet import HEADER_ROWS, MAX_COLUMNS, MAX_ROWS, sheet_head, sheet_tail
from backend.formats.xlsx.styles import Styles
from backend.formats.xlsx.zip_stream import Block, ZipStream, deflate

SLICE_ROWS = (15_360, 122_880)
"""The least and the most rows of a slice: an eighth of a row group and one, as Parquet files mostly have them."""
BLOCK_BYTES = 1 << 20
"""Larger ones compress no better."""


class XlsxWriter:
    """A `Writer` of XLSX."""

    def __init__(
        self,
        document: Document,
        write: Write,
        *,
        rows_per_sheet: int = MAX_ROWS - HEADER_ROWS,
        slice_rows: tuple[int, int] = SLICE_ROWS,
    ) -> None:
        if len(document.columns) > MAX_COLUMNS:
            raise ValueError(f"A sheet has at most {MAX_COLUMNS:,} columns, and there are {len(document.columns):,}.")
        self._document = document
        self._styles = Styles.of(document.columns)
        self._rows_per_sheet = rows_per_sheet
        self._least, self._most = slice_rows
        self._zip = ZipStream(write)
        self._sheets = 0

    def slices(self, row_count: int, ends: Sequence[int]) -> list[range]:
        """Cut the rows so that each slice is in one sheet."""
        slices: list[range] = []
        for first in range(0, max(row_count, 1), self._rows_per_sheet):
            sheet = range(first, min(first + self._rows_per_sheet, row_count))
            slices += tapering_slices(sheet, ends, least=self._least, most=self._most)
        return slices

    def copy(self, relation: str, rows: range, target: str) -> str:
        """Return the COPY."""
        first = rows.start % self._rows_per_sheet + HEADER_ROWS + 1
        selected = rows_select(self._document.columns, self._styles.of_columns, relation, first)
        return copy_lines(selected, target)

    def prepare(self, data: bytes) -> Iterator[Block]:
        """Deflate the rows; isal does not hold Python's lock."""
        view = memoryview(data)
        for start in range(0, len(view), BLOCK_BYTES):
            yield deflate(view[start : start + BLOCK_BYTES])

    def append(self, rows: range, piece: Block) -> None:
        """Write rows, in their sheet."""
        self._open_sheet(rows.start // self._rows_per_sheet + 1)
        self._zip.append(piece)

    def finish(self, row_count: int) -> None:
        """Write the parts that need to know of all sheets."""
        self._open_sheet(1)
        self._end_sheet(self._rows_of_sheets(row_count)[-1])
        self._write_closing_parts(row_count)

    def _open_sheet(self, number: int) -> None:
        """See that the sheet has begun, from 1: all before it are full."""
        while self._sheets < number:
            if self._sheets:
                self._end_sheet(self._rows_per_sheet)
            else:
                self._write_opening_parts()
            self._sheets += 1
            self._zip.begin(sheet_path(self._sheets))
            head = sheet_head(self._document.columns, is_first=self._sheets == 1)
            self._zip.append(deflate(head.encode()))

    def _end_sheet(self, row_count: int) -> None:
        tail = sheet_tail(len(self._document.columns), row_count)
        self._zip.append(deflate(tail.encode()))
        self._zip.end()

    def _write_opening_parts(self) -> None:
        for path, content in package_parts(self._document.title):
            self._zip.add(path, content.encode())
        self._zip.add("xl/styles.xml", self._styles.part().encode())

    def _write_closing_parts(self, row_count: int) -> None:
        document, sheets = self._document, self._rows_of_sheets(row_count)
        self._zip.add(sheet_path(len(sheets) + 1), about_sheet(document, row_count, len(sheets)).encode())
        for path, content in workbook_parts(document.title, len(document.columns), sheets):
            self._zip.add(path, content.encode())
        self._zip.close()

    def _rows_of_sheets(self, row_count: int) -> list[int]:
        full = self._sheets - 1
        return [self._rows_per_sheet] * full + [row_count - full * self._rows_per_sheet]
