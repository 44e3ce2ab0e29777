r"""Where each piece of the stream of rows belongs in the file.

DuckDB ── `<row r="2">…</row>\n…` ──▶ **split_runs** ── runs ──▶ xlsx

To have DuckDB put its threads' rows in order would mean that it keeps whole stretches of the table as text, which takes
50 % longer and 100 MB more. So they come as they are made: vector by vector, some 2,048 rows that follow each other,
but after those of one thread the next may be another's. Each row says where it belongs, by its number in its sheet and
by the number of spaces in front of that, which is the number of the sheet. A tab before the first row of each vector,
and of each sheet, makes them fast to find.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADER_ROWS = 1
_VECTOR_ROWS = 2048
_ROW_START = b"<row "
_ROW = re.compile(rb'\t?<row( +)r="(\d+)"')


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that follow each other, all of one sheet."""

    first: int
    """The place of the first among all rows, from 0."""
    count: int
    data: memoryview


def row_start_sql(index: str, rows_per_sheet: int) -> str:
    """Return the expression for the beginning of a row up to its number."""
    is_marked = f"{index} % {_VECTOR_ROWS} = 0 OR {index} % {rows_per_sheet} = 0"
    sheet = f"{index} // {rows_per_sheet}"
    start = f"""CASE WHEN {sheet} = 0 THEN '<row r="' ELSE concat('<row ', repeat(' ', {sheet}), 'r="') END"""
    return f"CASE WHEN {is_marked} THEN chr(9) || {start} ELSE {start} END"


def row_number_sql(index: str, rows_per_sheet: int) -> str:
    """Return the expression for the number of a row in its sheet."""
    return f"({index} % {rows_per_sheet} + {HEADER_ROWS + 1})::VARCHAR"


def split_runs(data: bytes, rows_per_sheet: int) -> Iterator[Run]:
    """Yield whole rows, a line each, as runs: those between two tabs, which are cut further only if they must be.

    There may be a line end in front, where DuckDB goes on after a break; there may be none behind.
    """
    start = 1 if data.startswith(b"\n") else 0
    while start < len(data):
        tab = data.find(b"\t", start + 1)
        end = len(data) if tab == -1 else tab
        yield from _split(data, start, end, rows_per_sheet)
        start = end


def _split(data: bytes, start: int, end: int, rows_per_sheet: int) -> Iterator[Run]:
    """Halve until the rows are as many as the numbers of the first and the last say.

    They always are, unless a stretch of the table has not begun with a whole vector.
    """
    count = data.count(b"\n", start, end) + (not data.endswith(b"\n", start, end))
    first = _place(data, start, rows_per_sheet)
    last = _place(data, data.rfind(_ROW_START, start, end), rows_per_sheet)
    if last - first + 1 == count:
        yield Run(first, count, memoryview(data)[start:end])
        return
    if count <= 1:
        raise ValueError(f"Row {first} has no end, or ends twice.")
    middle = _line_end(data, start, end)
    yield from _split(data, start, middle, rows_per_sheet)
    yield from _split(data, middle, end, rows_per_sheet)


def _place(data: bytes, start: int, rows_per_sheet: int) -> int:
    found = _ROW.match(data, start)
    if not found:
        raise ValueError(f"No row begins with {data[start : start + 40]!r}.")
    spaces, number = found.groups()
    return (len(spaces) - 1) * rows_per_sheet + int(number) - HEADER_ROWS - 1


def _line_end(data: bytes, start: int, end: int) -> int:
    """Return where a line ends near the middle, with lines on either side."""
    middle = (start + end) // 2
    return (data.rfind(b"\n", start, middle) + 1) or (data.index(b"\n", middle, end) + 1)
