"""File formats: how the rows of a query become the bytes of a file, streamed.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **Writer** ── bytes of the file ──▶ upload
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from backend.query import ColumnStyle

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}

Write = Callable[[bytes], None]
"""Append to the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrder:
    """Which file is wanted."""

    format: str
    """A key of `CONTENT_TYPES`."""
    title: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """The format's own, complete: see `backend.protocol.formats`."""
    about: tuple[tuple[str, str], ...] = ()
    """What a reader may want to know of the file, as label and text: parameters in words, when it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a result."""

    name: str
    type: str
    """As DuckDB says it: `BIGINT`, `DECIMAL(12,2)`, `TIMESTAMP WITH TIME ZONE`, `VARCHAR[]`."""
    style: ColumnStyle = field(default_factory=ColumnStyle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file is made of besides its rows: the order, and the columns its query turned out to have."""

    title: str
    columns: tuple[Column, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[tuple[str, str], ...] = ()


class Writer(Protocol):
    """Makes one file. A file that failed is simply left: only `finish` makes it whole."""

    @property
    def is_numbering_rows(self) -> bool:
        """Whether `copy` needs a `rowid`, from 0 without gaps."""

    @property
    def rows_written(self) -> int | None:
        """About how many rows have come so far, rather too many; None where the bytes do not tell."""

    def copy(self, relation: str, target: str) -> str:
        """Return the `COPY (SELECT … FROM relation) TO 'target' (…)` whose output is to be written here, in order."""

    def write(self, data: bytes) -> None:
        """Take what the COPY puts out. Any thread, one at a time; `data` may be tens of megabytes."""

    def finish(self, row_count: int) -> None:
        """Write what follows the last row; blocks until all is written."""
