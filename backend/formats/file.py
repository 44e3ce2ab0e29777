"""File formats: how the rows of a query become the bytes of a file, streamed.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **Writer** ── bytes of the file ──▶ upload
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from backend.catalog.query import ColumnStyle

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


Piece = TypeVar("Piece", bound=Sized)
"""What a writer makes of some of DuckDB's bytes."""


class Writer(Protocol[Piece]):
    """Makes one file, of slices of its rows. A file that failed is simply left: only `finish` makes it whole."""

    def slices(self, row_count: int, ends: Sequence[int]) -> Sequence[range]:
        """Return stretches of the rows that can be made apart, in order: at least one, even if there are no rows.

        Where it does not matter to the file, they end at some of `ends`, if there are any.
        """

    def copy(self, relation: str, rows: range, target: str) -> str:
        """Return the `COPY (SELECT … FROM relation) TO 'target' (…)` for a slice; `relation` gives its rows."""

    def prepare(self, data: bytes) -> Iterable[Piece]:
        """Return what is to be appended for some of what the COPY of a slice puts out.

        Any thread, several at a time; `data` may be tens of megabytes.
        """

    def append(self, rows: range, piece: Piece) -> None:
        """Write a piece of a slice: slices in order, and the pieces of each in order. Any thread, one at a time."""

    def finish(self, row_count: int) -> None:
        """Write what follows the last row."""


def tapering_slices(rows: range, ends: Sequence[int], *, least: int, most: int) -> list[range]:
    """Return slices, the later the smaller so that who makes them side by side is done at the same time.

    Each is of a sixteenth of the rows that are left, but of about `least` at least and less than twice `most`. They end
    at some of `ends`, unless these are too far apart.
    """
    cuts = [rows.start]
    for end in [*(ends or range(rows.start + least, rows.stop, least)), rows.stop]:
        while min(end, rows.stop) - cuts[-1] >= 2 * most:
            cuts.append(cuts[-1] + most)
        size = min(max((rows.stop - cuts[-1]) // 16, least), most)
        if cuts[-1] + size <= end < rows.stop:
            cuts.append(end)
    return [range(*cut) for cut in pairwise([*cuts, rows.stop])]
