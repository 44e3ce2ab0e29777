"""XLSX: a workbook with the rows as a table, a header that stays in sight, filters, and a sheet that says what it is.

engine ── `copy` ──▶ DuckDB ── rows as XML ──▶ **XlsxWriter** ── an archive, deflated in threads ──▶ upload

More rows than a sheet holds go on in the next.
"""

from concurrent.futures import Future

from backend.formats import Document, Write
from backend.formats.deflating import Deflating
from backend.formats.sql import literal
from backend.formats.xlsx_parts import about_sheet, package_parts, sheet_path, workbook_parts
from backend.formats.xlsx_row import rows_select
from backend.formats.xlsx_rows import HEADER_ROWS, split_runs
from backend.formats.xlsx_sheet import MAX_COLUMNS, MAX_ROWS, sheet_head, sheet_tail
from backend.formats.xlsx_styles import Styles
from backend.formats.zip_stream import Block, ZipStream, deflate

_RAW_LINES = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', FORCE_QUOTE *, DELIMITER '\x1f', COMPRESSION none"
"""Lines as they are. The delimiter is no part of any; to force quotes, of which there are none, spares the search for
what might need them."""
_ROW_END = b"</row>"


class XlsxWriter:
    """A `Writer` of XLSX."""

    is_numbering_rows = True

    def __init__(self, document: Document, write: Write, *, rows_per_sheet: int = MAX_ROWS - HEADER_ROWS) -> None:
        if len(document.columns) > MAX_COLUMNS:
            raise ValueError(f"A sheet has at most {MAX_COLUMNS:,} columns, and there are {len(document.columns):,}.")
        self._document = document
        self._styles = Styles.of(document.columns)
        self._rows_per_sheet = rows_per_sheet
        self._deflating = Deflating()
        self._zip = ZipStream(write)
        self._runs: dict[int, tuple[int, list[Future[Block]]]] = {}
        """Those whose turn has not come, by their first row: how many rows, and their blocks."""
        self._next_row = 0
        self._sheet_rows: list[int] = []
        self._rest = b""
        self.rows_written = 0

    def copy(self, relation: str, target: str) -> str:
        """Return the COPY."""
        rows = rows_select(self._document.columns, self._styles.of_columns, relation, self._rows_per_sheet)
        return f"COPY ({rows}) TO {literal(target)} ({_RAW_LINES}, PRESERVE_ORDER false, USE_TMP_FILE false)"

    def write(self, data: bytes) -> None:
        """Have the rows deflated, and write those that are ready and whose turn it is."""
        for run in split_runs(self._whole_rows(data), self._rows_per_sheet):
            self._runs[run.first] = run.count, self._deflating.submit(run.data)
            self.rows_written += run.count
        while self._is_next_ready():
            self._write_next()

    def finish(self, row_count: int) -> None:
        """Write what is left of the rows, and the parts that need to know of all sheets."""
        while self._next_row in self._runs:
            self._write_next()
        self._deflating.close()
        if self._next_row != row_count or self._runs or self._rest:
            raise ValueError(f"Of {row_count:,} rows {self._next_row:,} came.")
        if not self._sheet_rows:
            self._begin_sheet()
        self._end_sheet()
        self._write_closing_parts(row_count)

    def _whole_rows(self, data: bytes) -> bytes:
        """Keep what is not yet a whole row: the last line end may come alone, and a sink may pass on half a write."""
        data = self._rest + data if self._rest else data
        end = data.rfind(_ROW_END) + len(_ROW_END)
        if end < len(_ROW_END):
            end = 0
        self._rest = data[end:].lstrip(b"\n")
        return data[:end]

    def _is_next_ready(self) -> bool:
        _, blocks = self._runs.get(self._next_row, (0, None))
        return blocks is not None and all(block.done() for block in blocks)

    def _write_next(self) -> None:
        count, blocks = self._runs.pop(self._next_row)
        if self._next_row == len(self._sheet_rows) * self._rows_per_sheet:
            self._begin_sheet()
        for block in blocks:
            self._zip.append(block.result())
        self._next_row += count
        self._sheet_rows[-1] += count

    def _begin_sheet(self) -> None:
        if self._sheet_rows:
            self._end_sheet()
        else:
            self._write_opening_parts()
        self._sheet_rows.append(0)
        self._zip.begin(sheet_path(len(self._sheet_rows)))
        head = sheet_head(self._document.columns, is_first=len(self._sheet_rows) == 1)
        self._zip.append(deflate(head.encode()))

    def _end_sheet(self) -> None:
        tail = sheet_tail(len(self._document.columns), self._sheet_rows[-1])
        self._zip.append(deflate(tail.encode()))
        self._zip.end()

    def _write_opening_parts(self) -> None:
        for path, content in package_parts(self._document.title):
            self._zip.add(path, content.encode())
        self._zip.add("xl/styles.xml", self._styles.part().encode())

    def _write_closing_parts(self, row_count: int) -> None:
        document, sheets = self._document, self._sheet_rows
        self._zip.add(sheet_path(len(sheets) + 1), about_sheet(document, row_count, len(sheets)).encode())
        for path, content in workbook_parts(document.title, len(document.columns), sheets):
            self._zip.add(path, content.encode())
        self._zip.close()
