"""What every format's writer does, and which one makes a file.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **Writer** ── bytes of the file ──▶ upload
"""

from collections.abc import Iterable, Sequence, Sized
from itertools import pairwise
from pkgutil import resolve_name
from typing import Any, Protocol, TypeVar

from backend.formats.file import Document, Write
from backend.protocol.formats import FORMATS

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


def open_writer(name: str, document: Document, write: Write) -> Writer[Any]:
    """Begin a file of the format `name`."""
    writer: Writer[Any] = resolve_name(FORMATS[name].writer)(document, write)
    return writer
