"""The columns of a report in numbers: how many cells are filled, how many differ, which are the ends.

`Preview` ──▶ **summarize** ── a row a column ──▶ summary page
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct

from backend.protocol.preview import Cell, Preview, PreviewColumn
from desktop.wording.language import grouped, tr
from desktop.wording.pane.caption import say_part
from desktop.wording.pane.cells import exact, format_of, say_cell

TYPES = {
    "text": "Text",
    "integer": "Whole number",
    "decimal": "Decimal",
    "number": "Number",
    "boolean": "Yes or no",
    "date": "Date",
    "time": "Time",
    "timestamp": "Date and time",
}
"""Words for the types of columns."""

HEADINGS = ("Column", "Type", "Filled", "Empty", "Distinct", "Least", "Greatest")
NUMBERS = frozenset({"Filled", "Empty", "Distinct"})
"""Headings of columns of numbers, which stand right."""
ENDS = frozenset({"Least", "Greatest"})
"""Headings of columns of values, which stand as those of the report's column do."""


class ColumnSummary(Struct, frozen=True):
    """What one column holds. `distinct` is None where nobody counted."""

    filled: int
    empty: int
    distinct: int | None
    least: Cell
    greatest: Cell
    is_distinct_exact: bool = True


class Summary(Struct, frozen=True):
    """The table, and a sentence if it is about part of the report only."""

    rows: tuple[tuple[str, ...], ...]
    note: str
    are_numbers: tuple[bool, ...] = ()
    """Of each row whether its column has numbers: then its ends stand right, as the column does."""


def summarize(preview: Preview) -> Summary:
    """Return a row for each column: of the whole report where the service says so, else of the rows that are here."""
    given = [_given(column) for column in preview.columns]
    rows = tuple(_row(preview, number, given[number]) for number in range(len(preview.columns)))
    are_numbers = tuple(column.is_number for column in preview.columns)
    return Summary(rows, "" if counts_all(preview) else say_part(preview), are_numbers)


def counts_all(preview: Preview) -> bool:
    """Return whether the summary is about all rows of the report: the service counted each column."""
    return all(_given(column) for column in preview.columns)


def say_type(name: str) -> str:
    """Return the type of a column in words; one that nobody here knows as it is."""
    return tr(TYPES[name]) if name in TYPES else name


def _row(preview: Preview, number: int, given: ColumnSummary | None) -> tuple[str, ...]:
    column, cells = preview.columns[number], [row[number] for row in preview.rows]
    style, summary = format_of(column, cells), given or count_cells(column, cells)
    about = partial(_say_count, is_exact=summary.is_distinct_exact)
    return (
        column.name,
        say_type(column.type),
        _say_count(summary.filled),
        _say_count(summary.empty),
        about(summary.distinct),
        style.say(summary.least),
        style.say(summary.greatest),
    )


def count_cells(column: PreviewColumn, cells: list[Cell]) -> ColumnSummary:
    """Return the summary of cells; an empty text is an empty cell, as it looks like one."""
    filled = [cell for cell in cells if cell is not None and cell != ""]
    key = _key_of(column)
    least, greatest = (min(filled, key=key), max(filled, key=key)) if filled else (None, None)
    return ColumnSummary(len(filled), len(cells) - len(filled), len({str(cell) for cell in filled}), least, greatest)


def _key_of(column: PreviewColumn) -> Callable[[Cell], Any]:
    def key(cell: Cell) -> tuple[int, Any]:
        number = exact(cell) if column.is_number else None
        return (1, say_cell(cell)) if number is None else (0, number)

    return key


def _say_count(count: int | None, *, is_exact: bool = True) -> str:
    if count is None:
        return ""
    said = grouped(f"{count:,}")
    return said if is_exact else tr("at least {count}", count=said)


def _given(column: PreviewColumn) -> ColumnSummary | None:
    """Return what the service says of the whole column, if it does."""
    if column.summary is None:
        return None
    given = column.summary
    is_exact = not given.distinct_is_lower_bound
    return ColumnSummary(given.filled, given.empty, given.distinct, given.least, given.greatest, is_exact)
