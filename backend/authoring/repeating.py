"""What a report's rows come to in one run, to be compared with another: with more threads, and data in another order.

checking ── query ──▶ **fingerprint** ──▶ a number for each column ──▶ **differing**
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from backend.catalog.query import Query
from backend.engine.duck.interruptible import run_watched
from backend.engine.finding.in_duckdb import sort_column
from backend.formats.sql import literal, quoted

Fingerprint = Mapping[str, object]
"""By column, and by `ROWS`."""
ROWS = ""
"""In place of a column's name: the rows themselves, by what the report is ordered by."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a query is run."""

    threads: int
    order: str | None
    """An expression by which the rows of each `{dataset}` are put in order before; None for as they are."""


RUNS = (
    Run(threads=2, order=None),
    Run(threads=4, order="row_number() OVER () DESC"),
    Run(threads=3, order="hash({dataset}, row_number() OVER ())"),
    Run(threads=2, order="hash(row_number() OVER (), {dataset})"),
)
"""With one thread alone DuckDB 2.0.0 does not return from some recursive queries."""
MORE_RUNS = tuple(Run(threads=2, order=f"hash({{dataset}}, {n}, row_number() OVER ())") for n in range(4))
"""For sums of doubles: how they are rounded shows in few orders."""
RUNS_AS_READ = (Run(threads=2, order=None), Run(threads=4, order=None))
"""For a report without an order, which has its rows in that of the data."""
_PLACE = "the place of a row in the report"
"""The name of a column that no report has."""


def selected(connection: duckdb.DuckDBPyConnection, query: Query, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that has a query in it, with the values of its parameters. Ctrl-C ends it."""
    binds = dict(query.binds) or None
    return run_watched(lambda: connection.execute(sql, binds).fetchall(), connection.interrupt, lambda: None)


def fingerprint(
    connection: duckdb.DuckDBPyConnection, query: Query, names: Sequence[str], order: str | None
) -> Fingerprint:
    """Return what the query comes to over datasets in that order; the connection is good for nothing else afterwards.

    Raises:
        duckdb.Error: It cannot be run, or the datasets are too large to be reordered.
    """
    for dataset in query.datasets if order else ():
        reordered = quoted(f"{dataset} reordered")
        by = str(order).format(dataset=literal(dataset))
        connection.execute(f"CREATE TABLE {reordered} AS SELECT * FROM {quoted(dataset)} ORDER BY {by}")  # noqa: S608  quoted
        connection.execute(f"CREATE OR REPLACE VIEW {quoted(dataset)} AS SELECT * FROM {reordered}")  # noqa: S608  quoted
    keys = [sort_column(key) for key in query.order] or [_PLACE]
    listed = ", ".join(map(written, keys))
    sums = ", ".join(f"sum(hash({listed}, {value}))" for value in ["0", *map(written, names)])
    rows = f"SELECT *, row_number() OVER () AS {quoted(_PLACE)} FROM ({query.sql}\n)"  # noqa: S608  the author's own
    ((*found,),) = selected(connection, query, f"SELECT {sums} FROM ({rows})")  # noqa: S608  as above
    return dict(zip([ROWS, *names], found, strict=True))


def written(name: str) -> str:
    """Return an expression for what a column's values are written as: equal ones may be unlike, as 0 and -0."""
    return f"encode({quoted(name)}::VARCHAR)"


def differing(one: Fingerprint, other: Fingerprint) -> list[str]:
    """Return the columns in which two runs differ; only `ROWS` where they found other rows."""
    unlike = [name for name in one if one[name] != other[name]]
    return [ROWS] if ROWS in unlike else unlike
