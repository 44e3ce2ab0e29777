"""Rows gathered by what is across and by series.

`Preview`, `ChartChoice` ──▶ **gather** ── values by series and place ──▶ sketch
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from backend.protocol.preview import Cell, Preview
from desktop.wording.chart.drawing import INK_OF_OTHERS, INKS
from desktop.wording.language import tr
from desktop.wording.pane.cells import ColumnFormat, number_of

LARGEST = 1e290
"""From here on numbers are not drawn: sums of them would be infinite."""


class Group(Struct, frozen=True):
    """Values of one series, by the place across at which they are."""

    name: str
    ink: str
    values: Mapping[float, Sequence[float]]


def gather(preview: Preview, places: Sequence[float | None], choice_y: int, split: Sequence[str]) -> tuple[Group, ...]:
    """Return a group for each series, in the file's order; all but the four with most are one, the others.

    A series has the same ink whatever column the values are of.

    Args:
        preview: Its rows.
        places: Where each row is, across; None for one that is nowhere.
        choice_y: The column of the values.
        split: The series of each row, or nothing.
    """
    values = [finite(row[choice_y]) for row in preview.rows]
    inks = _inked(values, split) if split else {"": INKS[0]}
    groups: dict[str, dict[float, list[float]]] = {name: {} for name in inks}
    others: dict[float, list[float]] = {}
    for number, (place, value) in enumerate(zip(places, values, strict=True)):
        if place is not None and value is not None:
            groups.get(split[number] if split else "", others).setdefault(place, []).append(value)
    made = [Group(name, inks[name], found) for name, found in groups.items()]
    return (*made, *([Group(tr("Others"), INK_OF_OTHERS, others)] if others else []))


def finite(cell: Cell) -> float | None:
    """Return a cell as a number that can be drawn, if it is one."""
    try:
        number = number_of(cell)
        value = None if number is None else float(number)
    except OverflowError:
        return None
    return value if value is not None and abs(value) < LARGEST else None


def say_place(cell: Cell, style: ColumnFormat) -> str:
    """Return what a cell is called beside an axis."""
    return style.say(cell) or tr("none")


def _inked(values: Sequence[float | None], split: Sequence[str]) -> dict[str, str]:
    """Choose the series with most, in the file's order; each has the ink of its place there, or the next free one."""
    chosen, free = set(_ranked(values, split)[: len(INKS)]), list(INKS)
    inks = {}
    for number, name in enumerate(dict.fromkeys(split)):
        if name in chosen:
            own = INKS[number % len(INKS)]
            inks[name] = free.pop(free.index(own) if own in free else 0)
    return inks


def _ranked(values: Iterable[float | None], split: Sequence[str]) -> list[str]:
    """Order the series by the sum of their values; equal ones as they come."""
    sums = dict.fromkeys(split, 0.0)
    for name, value in zip(split, values, strict=True):
        sums[name] += abs(value or 0.0)
    return sorted(sums, key=lambda name: -sums[name])
