"""A query of a report: one SELECT, the datasets it reads, the order of its rows and the style of its columns.

definition ── **Query** ──▶ execution ──▶ engine
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

DATASET_NAME = "a letter and at most 62 more, digits or _, all in lower case"
"""How a dataset may be called, to follow "must be"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnStyle:
    """How a spreadsheet shows a column; each None leaves it to the column's type."""

    number_format: str | None = None
    """A number format code of spreadsheets: `#,##0.0`, `yyyy-mm-dd`, `0.0%`.

    Source: ECMA-376 part 1, 18.8.31.
    """
    width: float | None = None
    """In characters of the default font."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereColumn:
    """A column of a result that a distributed engine finds, which its text calls `c0`, `c1` and so on, in order."""

    title: str
    type: str
    """In DuckDB's words. What is found may have another that holds the same values, as VARCHAR for TIME: it is cast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The same query for a distributed engine."""

    sql: str
    """In Trino's dialect, with the values of the parameters in their places."""
    columns: tuple[ElsewhereColumn, ...]
    reads: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """DuckDB's types of the columns that it reads, by dataset: it is the same query for these types alone."""


EngineChoice = Literal["auto", "duckdb", "distributed"]
"""Where a query runs; `auto` is DuckDB in the worker, unless there is more data than that is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One SELECT and what goes with it."""

    sql: str
    """In DuckDB's dialect. The names of its columns are the titles in the file."""
    binds: Mapping[str, Any] = field(default_factory=dict)
    """Values of the `$name` in it."""
    datasets: tuple[str, ...] = ()
    """The datasets it may read, each a table of that name."""
    order: tuple[str, ...] = ()
    """Columns of the result to sort by, `Name` or `Name desc`.

    With none the rows stay in the order they come in: for a query that goes straight through its data. One that
    makes a row of each row of a dataset is written from there, without gathering its rows first, however many.
    """
    columns: Mapping[str, ColumnStyle] = field(default_factory=dict)
    row_limit: int | None = None
    """A result with more rows is refused."""
    engine: EngineChoice = "auto"
    elsewhere: Elsewhere | None = None
    """None where there is no text of it for a distributed engine."""


def is_dataset_name(text: str) -> bool:
    """Return whether a dataset may be called so: its name is a folder in a bucket, and a table in SQL."""
    return re.fullmatch("[a-z][a-z0-9_]{0,62}", text) is not None
