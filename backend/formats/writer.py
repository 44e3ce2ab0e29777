"""The protocol of the writers of files.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **Writer** ── bytes of the file ──▶ upload
"""

from collections.abc import Iterable, Sequence, Sized
from itertools import pairwise
from typing import Protocol, TypeVar

Piece = TypeVar("Piece", bound=Sized)
"""Bytes of DuckDB after `Writer.prepare`."""


class Writer(Protocol[Piece]):
    """Writes one file in slices of its rows. The file is complete after `finish`, and may be abandoned before."""

    def slices(self, row_count: int, ends: Sequence[int]) -> Sequence[range]:
        """Return the ranges of rows that can be written apart, in order: at least one, even without rows.

        Slices end at some of `ends` if the format allows it.
        """

    def copy(self, relation: str, rows: range, target: str) -> str:
        """Return the `COPY (SELECT … FROM relation) TO 'target' (…)` for a slice; `relation` gives its rows."""

    def prepare(self, data: bytes) -> Iterable[Piece]:
        """Return the pieces to append for some output of a slice's COPY.

        Called by several threads at a time; `data` may be tens of megabytes.
        """

    def append(self, rows: range, piece: Piece) -> None:
        """Write a piece: slices come in order, and the pieces of each in order, from one thread at a time."""

    def finish(self, row_count: int) -> None:
        """Write what follows the last row."""


def tapering_slices(rows: range, ends: Sequence[int], *, least: int, most: int) -> list[range]:
    """Return slices that get smaller towards the end, so that threads that make them side by side finish together.

    Each has a sixteenth of the rows that are left, at least about `least` and less than twice `most`. Slices end at
    some of `ends`, unless these are too far apart.
    """
    cuts = [rows.start]
    for end in [*(ends or range(rows.start + least, rows.stop, least)), rows.stop]:
        while min(end, rows.stop) - cuts[-1] >= 2 * most:
            cuts.append(cuts[-1] + most)
        size = min(max((rows.stop - cuts[-1]) // 16, least), most)
        if cuts[-1] + size <= end < rows.stop:
            cuts.append(end)
    return [range(*cut) for cut in pairwise([*cuts, rows.stop])]
