"""The place of a result's rows, and the statements that read any stretch of them.

finding ──▶ **gathered**, **of_dataset**, **in_table** ── `Rows` ──▶ what a writer copies from
"""

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Any

from backend.catalog.query import Query
from backend.engine.duck.sandbox import dataset_view
from backend.engine.layout import Layout
from backend.formats.file import Column
from backend.formats.sql import literal, quoted
from backend.formats.value_types import kind_of

RESULT = "result"
KEPT_TYPES = frozenset(
    {
        "BOOLEAN",
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
        *("FLOAT", "DOUBLE", "DECIMAL"),
        *("DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
        "VARCHAR",
    }
)
"""Types of DuckDB that Parquet stores without a change."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A relation that returns some of the rows in another connection."""

    relation: str
    preparation: str = ""
    """A statement to run first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of a result."""

    count: int
    relation: str
    """The relation of all rows, in order, in the connection that found them."""
    binds: Mapping[str, Any] = field(default_factory=dict)
    """Values of the parameters in `relation` and in the relation of every stretch."""
    stretch: Callable[[range], Stretch] | None = None
    """Return the stretch of some rows, in order; None if no other connection can read them."""
    is_at_hand: bool = True
    """Whether the rows are on this machine, so that reading them once more fetches nothing."""
    files: Sequence[str] = ()
    """Parquet files that have exactly these rows, where there are such."""
    stored: Mapping[str, str] = field(default_factory=dict)
    """The columns that are in these files as they are: the name there by the name in the result."""
    bounds: Sequence[int] = ()
    """Row numbers at which stretches must end."""
    ends: Sequence[int] = ()
    """Row numbers at which stretches should end, since the rows between two of them are read together; empty if any row
    number will do."""


def gathered(file: Path, columns: Sequence[Column], row_count: int) -> Rows:
    """Return the rows of a Parquet file that was made for them, in columns as `stored_sql` has them."""
    cells = ", ".join(_restored_sql(number, column) for number, column in enumerate(columns))
    selected = f"SELECT {cells} FROM read_parquet({literal(str(file))})"  # noqa: S608  names are quoted

    def stretch(rows: range) -> Stretch:
        return Stretch(f"({selected} WHERE file_row_number BETWEEN {rows.start} AND {rows.stop - 1})")

    stored = {column.name: f"c{number}" for number, column in enumerate(columns) if is_kept(column)}
    return Rows(count=row_count, relation=f"({selected})", stretch=stretch, files=[str(file)], stored=stored)


def of_dataset(
    query: Query,
    files: Sequence[str],
    group_rows: Sequence[Sequence[int]],
    stored: Mapping[str, str],
    *,
    large_file_rows: int,
    layout: Layout | None = None,
) -> Rows:
    """Return rows that come one for one of a dataset's, which has so many in each row group of each file.

    `stored` are the columns of the result that are the dataset's own: the name there by the name in the result.
    Stretches do not reach across the ends of files that have `large_file_rows`.
    """
    (dataset,) = query.datasets
    relation = relation_of(query)
    starts = [0, *accumulate(map(sum, group_rows))]

    def stretch(rows: range) -> Stretch:
        first, last = bisect(starts, rows.start) - 1, bisect(starts, rows.stop - 1) - 1
        some = range(max(first, 1), last + 1)
        # The first file is always there: it says which types the columns have.
        listed = [files[0], *(files[number] for number in some)]
        condition = _between(
            (first - some.start + 1, rows.start - starts[first]), (last - some.start + 1, rows.stop - 1 - starts[last])
        )
        return Stretch(relation, dataset_view(dataset, listed, condition, layout))

    large = [file for file in pairwise(starts) if file[1] - file[0] >= large_file_rows]
    return Rows(
        count=starts[-1],
        relation=relation,
        binds=query.binds,
        stretch=stretch,
        is_at_hand=False,
        files=files,
        stored=stored,
        bounds=sorted({*chain.from_iterable(large)}),
        ends=list(accumulate(chain.from_iterable(group_rows))),
    )


def _between(first: tuple[int, int], last: tuple[int, int]) -> str:
    """Return the condition for the rows from one to another, each the number of a file and of a row in it."""
    if first[0] == last[0]:
        return f"file_index = {first[0]} AND file_row_number BETWEEN {first[1]} AND {last[1]}"
    after = f"(file_index > {first[0]} OR file_index = {first[0]} AND file_row_number >= {first[1]})"
    before = f"(file_index < {last[0]} OR file_index = {last[0]} AND file_row_number <= {last[1]})"
    return f"{after} AND {before}"


def in_table(row_count: int) -> Rows:
    """Return the rows of the table `RESULT`, which only one connection has."""
    return Rows(count=row_count, relation=RESULT)


def relation_of(query: Query) -> str:
    """Return what to select the query's result from."""
    return f"({query.sql}\n) AS {RESULT}"


def is_kept(column: Column) -> bool:
    """Return whether Parquet keeps the column as it is."""
    return column.type.split("(")[0] in KEPT_TYPES and not column.type.endswith("]")


def stored_sql(number: int, column: Column) -> str:
    """Return how the column is put into a file of rows, as c0, c1, and so on: what Parquet does not keep, as text."""
    name = f"{RESULT}.{quoted(column.name)}"
    return f"{name if is_kept(column) else f'CAST({name} AS VARCHAR)'} AS c{number}"


def _restored_sql(number: int, column: Column) -> str:
    """Return the column again; what files show as text anyway stays one."""
    is_same = is_kept(column) or kind_of(column.type) == "text"
    return f"{f'c{number}' if is_same else f'CAST(c{number} AS {column.type})'} AS {quoted(column.name)}"


def check_copied(answer: Sequence[tuple[Any, ...]], rows: range) -> None:
    """Check that a COPY wrote the rows it was to write."""
    ((copied,),) = answer
    if copied != len(rows):
        raise RuntimeError(f"Of {len(rows):,} rows {copied:,} were written.")
