r"""Where each piece of the stream of rows belongs in the file.

DuckDB ── `<row r="2">…</row>\n…` ──▶ **split_runs** ── runs ──▶ xlsx

Two threads of DuckDB write in turn, each from another stretch of the table. To have DuckDB put their rows in order would
mean that it keeps whole stretches as text: it took 60 % longer and three times the memory. So the rows come as they are
made, some thousands in a row, and each says where it belongs: by its number in its sheet, and by the number of spaces
in front of that, which is the number of its sheet.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ROW = re.compile(rb'<row( +)r="(\d+)"')
_ROW_START = b"<row "
HEADER_ROWS = 1


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that follow each other, all of one sheet."""

    first: int
    """The place of the first among all rows, from 0."""
    count: int
    data: memoryview


def row_start_sql(index: str, rows_per_sheet: int) -> str:
    """Return the expression for the beginning of a row up to its number, which begins a run that can be found again."""
    sheet = f"repeat(' ', ({index} // {rows_per_sheet} + 1)::BIGINT)"
    return f"""CASE WHEN {index} < {rows_per_sheet} THEN '<row r="' ELSE concat('<row', {sheet}, 'r="') END"""


def row_number_sql(index: str, rows_per_sheet: int) -> str:
    """Return the expression for the number of a row in its sheet."""
    return f"({index} % {rows_per_sheet} + {HEADER_ROWS + 1})::VARCHAR"


def split_runs(data: bytes, rows_per_sheet: int) -> Iterator[Run]:
    """Yield whole rows, a line each, as the longest runs that are easy to find.

    Runs may come in any order. In a run rows ascend: that a thread goes through the table forward is all that is taken
    for granted.
    """
    start = 1 if data.startswith(b"\n") else 0
    if len(data) > start:
        yield from _split(data, start, len(data), rows_per_sheet)


def _split(data: bytes, start: int, end: int, rows_per_sheet: int) -> Iterator[Run]:
    """Halve until the rows are as many as the numbers of the first and the last say."""
    count = data.count(b"\n", start, end) + 1
    first = _place(data, start, rows_per_sheet)
    last = _place(data, data.rfind(_ROW_START, start, end), rows_per_sheet)
    if last - first + 1 == count and last // rows_per_sheet == first // rows_per_sheet:
        yield Run(first, count, memoryview(data)[start:end])
        return
    middle = _line_end(data, start, end)
    yield from _split(data, start, middle, rows_per_sheet)
    yield from _split(data, middle + 1, end, rows_per_sheet)


def _place(data: bytes, start: int, rows_per_sheet: int) -> int:
    found = _ROW.match(data, start)
    if not found:
        raise ValueError(f"No row begins with {data[start : start + 40]!r}.")
    spaces, number = found.groups()
    return (len(spaces) - 1) * rows_per_sheet + int(number) - HEADER_ROWS - 1


def _line_end(data: bytes, start: int, end: int) -> int:
    """Return the end of a line near the middle, with lines on either side."""
    middle = (start + end) // 2
    before = data.rfind(b"\n", start, middle)
    return before if before != -1 else data.index(b"\n", middle, end)
