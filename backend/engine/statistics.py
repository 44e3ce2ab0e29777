"""What the statistics of Parquet files say of columns: how many NULLs there are, and the least and greatest value.

rows ── files, columns ──▶ **extents_of** ── SELECTs of `parquet_metadata` ──▶ DuckDB ──▶ summaries

A writer of Parquet notes them for each row group, and they are read with the footers. DuckDB uses them for the same
questions only where there is one file. Those of another writer may be missing, or bounds of a text that is cut.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from backend.engine.first_rows import cell_sql
from backend.engine.rows import Rows
from backend.formats.file import Column
from backend.formats.sql import literal
from backend.protocol.preview import Cell

Ask = Callable[[str], Sequence[tuple[Any, ...]]]
"""Run a statement and return its rows."""

TABLE = "_statistics"
"""No dataset has this name."""
TOLD = (
    "path_in_schema, type, num_values, stats_null_count, stats_min_value, stats_max_value, min_is_exact, max_is_exact"
)


@dataclass(frozen=True, slots=True)
class Extent:
    """The cells of a column that are filled, and the ends of their values as `first_rows.cell` takes them."""

    filled: int
    least: Cell
    greatest: Cell


def extents_of(ask: Ask, columns: Sequence[Column], rows: Rows) -> dict[str, Extent]:
    """Return the extents of the columns of which the statistics tell them, by name."""
    stored = sorted((column for column in columns if column.name in rows.stored), key=_type)
    if not stored:
        return {}
    listed = ", ".join(map(literal, rows.files))
    ask(f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT {TOLD} FROM parquet_metadata([{listed}])")  # noqa: S608  quoted
    extents: dict[str, Extent] = {}
    for _, alike in groupby(stored, key=_type):
        named = {rows.stored[column.name]: column for column in alike}
        found = ask(_select(named, rows.count))
        extents |= {
            named[name].name: Extent(rows.count - nulls, least, greatest)
            for name, nulls, least, greatest in found
            if not _is_doubtful(least, greatest)
        }
    return extents


def _type(column: Column) -> str:
    return column.type


def _select(named: Mapping[str, Column], row_count: int) -> str:
    """Return the SELECT for some columns of one type, by their names in the files.

    A column is left out unless each row group has both bounds and they are values, or has nothing but NULLs; or where
    the groups differ in how they store it, as their bounds would be in different orders; or where a member of a struct
    goes by the same name, so that there are more values than rows.
    """
    column = next(iter(named.values()))
    least, greatest = (f"TRY_CAST(stats_{end}_value AS {column.type})" for end in ("min", "max"))
    is_exact = "min_is_exact AND max_is_exact"
    if column.type != "VARCHAR":  # who does not say so never cuts a number
        is_exact = "coalesce(min_is_exact, true) AND coalesce(max_is_exact, true)"
    has_bounds = f"{least} IS NOT NULL AND {greatest} IS NOT NULL AND {is_exact}"
    is_known = f"coalesce(stats_null_count = num_values OR stats_null_count IS NOT NULL AND {has_bounds}, false)"
    ends = ", ".join([cell_sql(f"min({least})", column), cell_sql(f"max({greatest})", column)])
    return (
        f"SELECT path_in_schema, sum(stats_null_count)::BIGINT, {ends} FROM {TABLE} "  # noqa: S608  quoted
        f"WHERE path_in_schema IN ({', '.join(map(literal, named))}) GROUP BY path_in_schema "
        f"HAVING bool_and({is_known}) AND min(type) = max(type) AND sum(num_values) = {row_count}"
    )


def _is_doubtful(least: Cell, greatest: Cell) -> bool:
    """Return whether there are empty texts, which are not filled, or a NaN stands for a bound."""
    return least == "" or any(isinstance(end, float) and math.isnan(end) for end in (least, greatest))
