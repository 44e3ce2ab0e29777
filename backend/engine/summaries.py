"""What is in each column of a result, over all its rows, for the preview.

finding ── columns, rows ──▶ **summarize** ── SELECTs ──▶ DuckDB; **statistics** ──▶ `protocol.preview.Summary`

| rows | filled, least, greatest | distinct |
|---|---|---|
| of `FIRST_VALUES` at most | read | counted |
| more, at hand | from the statistics of their file; a column of which these do not tell is read | counted where the first rows have few values, else those of the first rows |
| more, in a dataset | from the statistics of its files, or not at all | of truth alone |

To read rows of a dataset is to fetch them, and they are fetched once, while the file is written. To count about as many
values as there are rows takes as long as writing them.
"""  # noqa: E501  a table

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from backend.engine.duck.errors import is_out_of_space
from backend.engine.first_rows import cell, cell_sql
from backend.engine.rows import Rows
from backend.engine.statistics import Ask, Extent, extents_of
from backend.formats.file import Column
from backend.formats.sql import quoted
from backend.formats.value_types import kind_of
from backend.protocol.preview import Cell, Summary

FIRST_VALUES = 200_000
"""Cells of the rows in which values are counted, whatever they are: of ten columns the first 20,000 rows."""
FEW = 4
"""A column with more different values than one in so many of the first rows is counted no further."""
LISTED_ROWS = 2_048
"""Up to so many rows are counted by lists, of many columns at once. More are counted by `count(DISTINCT)`, by which one
column takes a millisecond, and two in one SELECT take forty."""
COLUMNS_PER_SELECT = 32
ORDERED_TEXTS = ("VARCHAR", "ENUM", "UUID")
"""Types that are text in files and have a least value: lists, bytes and intervals are in no order as texts."""


@dataclass(frozen=True, slots=True)
class _Count:
    distinct: int | None = None
    is_lower_bound: bool = False


def summarize(ask: Ask, columns: Sequence[Column], rows: Rows) -> list[Summary | None]:
    """Return the summary of each column, None where it would take reading a dataset twice.

    `ask` binds the values that the relation of the rows has.
    """
    first_rows = max(FIRST_VALUES // len(columns), 1)
    is_short = rows.count <= first_rows
    extents = {} if is_short else extents_of(ask, columns, rows)
    counts: Mapping[str, _Count] = {}
    if is_short or rows.is_at_hand:
        extents |= _read_extents(ask, rows.relation, [column for column in columns if column.name not in extents])
        counts = _counted(ask, columns, rows, first_rows)
    return [
        _summary(column, extents[column.name], counts.get(column.name, _Count()), rows.count)
        if column.name in extents
        else None
        for column in columns
    ]


def _summary(column: Column, extent: Extent, count: _Count, row_count: int) -> Summary:
    least, greatest = _end(extent.least), _end(extent.greatest)
    if kind_of(column.type) == "boolean":
        count = _Count(len({least, greatest} - {None}))
    return Summary(
        filled=extent.filled,
        empty=row_count - extent.filled,
        distinct=count.distinct,
        distinct_is_lower_bound=count.is_lower_bound,
        least=least,
        greatest=greatest,
    )


def _end(value: object) -> Cell:
    """Return a least or greatest value as a cell; of the two zeros, which are equal, the usual one."""
    return cell(value + 0.0 if isinstance(value, float) else value)


def _read_extents(ask: Ask, relation: str, columns: Sequence[Column]) -> dict[str, Extent]:
    found: dict[str, Extent] = {}
    for some in _parts(columns):
        selected = ", ".join(each for column in some for each in _extent_sql(column))
        (row,) = ask(f"SELECT {selected} FROM {relation}")  # noqa: S608  names are quoted, the relation is ours
        found |= {column.name: Extent(*row[3 * n : 3 * n + 3]) for n, column in enumerate(some)}
    return found


def _extent_sql(column: Column) -> tuple[str, str, str]:
    """Return the expressions of an extent; NaN, which DuckDB sorts after all numbers, is filled and no end."""
    value = compared = _filled_sql(column)
    if kind_of(column.type) == "number":
        compared = f"CASE WHEN NOT isnan({value}) THEN {value} END"
    if not _is_ordered(column):
        return f"count({value})", "NULL", "NULL"
    return f"count({value})", cell_sql(f"min({compared})", column), cell_sql(f"max({compared})", column)


def _filled_sql(column: Column) -> str:
    """Return the expression of a value, which is NULL where the cell shows nothing."""
    name = quoted(column.name)
    if kind_of(column.type) != "text":
        return name
    return f"nullif({name if column.type == 'VARCHAR' else f'CAST({name} AS VARCHAR)'}, '')"


def _is_ordered(column: Column) -> bool:
    is_text = kind_of(column.type) == "text"
    return not is_text or (column.type.startswith(ORDERED_TEXTS) and not column.type.endswith("]"))


def _counted(ask: Ask, columns: Sequence[Column], rows: Rows, first_rows: int) -> Mapping[str, _Count]:
    """Return how many values columns have, or that they have as many as are among the first rows, or more."""
    if rows.count <= first_rows:
        return {name: _Count(count) for name, count in _distinct(ask, rows.relation, columns, rows.count).items()}
    among_first = _distinct(ask, _first(rows, first_rows), columns, first_rows)
    few = [column for column in columns if FEW * among_first.get(column.name, first_rows) <= first_rows]
    known = _distinct(ask, rows.relation, few, rows.count)
    return {
        name: _Count(known.get(name, count), is_lower_bound=name not in known) for name, count in among_first.items()
    }


def _first(rows: Rows, count: int) -> str:
    """Return the relation of the first rows: DuckDB reads less of a file by the numbers of rows than up to a LIMIT."""
    if rows.stretch:
        return rows.stretch(range(count)).relation
    return f"(SELECT * FROM {rows.relation} LIMIT {count})"  # noqa: S608  the relation is ours


def _distinct(ask: Ask, relation: str, columns: Sequence[Column], row_count: int) -> dict[str, int]:
    """Return how many values columns have, by name; none where that takes more memory and disk than there is."""
    found: dict[str, int] = {}
    per_select, count = (
        (COLUMNS_PER_SELECT, "coalesce(list_unique(list({})), 0)")
        if row_count <= LISTED_ROWS
        else (1, "count(DISTINCT {})")
    )
    try:
        for some in _parts([column for column in columns if kind_of(column.type) != "boolean"], per_select):
            selected = ", ".join(count.format(_filled_sql(column)) for column in some)
            (row,) = ask(f"SELECT {selected} FROM {relation}")  # noqa: S608  as above
            found |= zip([column.name for column in some], row, strict=True)
    except duckdb.Error as error:
        if not is_out_of_space(error):
            raise
    return found


def _parts(columns: Sequence[Column], size: int = COLUMNS_PER_SELECT) -> list[Sequence[Column]]:
    return [columns[start : start + size] for start in range(0, len(columns), size)]
