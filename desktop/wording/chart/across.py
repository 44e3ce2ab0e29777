"""The horizontal axis of a chart that is no histogram: names side by side, numbers, or time.

`Preview`, column ──▶ **Across** ── places of rows, axis ──▶ sketch
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backend.protocol.preview import Cell, Preview
from desktop.wording.chart.drawing import Axis, Tick
from desktop.wording.chart.groups import finite, say_place
from desktop.wording.chart.ticks import (
    LEAST_SHARE,
    apart,
    moment,
    nice_step,
    number_ticks,
    say_number,
    say_time,
    seconds,
    time_ticks,
)
from desktop.wording.pane.cells import ColumnFormat

MARGIN = 0.03
"""Room beside the outermost marks, as a share of the axis."""

DAY_S = 86_400.0
LEAST_LENGTH = 1e-9
"""The least length of an axis of numbers that are all the same and next to nothing."""


class Across(Struct, frozen=True):
    """Where the rows are, across. `places` are numbers of names, or positions on a continuous axis."""

    places: tuple[float | None, ...]
    axis: Axis
    texts: tuple[str, ...]
    """What the place of each row is called."""
    count: int
    """How many different places there are, before any is left out."""


def names_across(preview: Preview, column: int, style: ColumnFormat, most: int | None = None) -> Across:
    """Return names side by side in the file's order, the first `most` of them; each has the room of 1."""
    cells = [row[column] for row in preview.rows]
    texts = tuple(say_place(cell, style) for cell in cells)
    order = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    shown = len(order) if most is None else min(most, len(order))
    short, suffix = _short_names(list(order)[:shown], preview.columns[column].type)
    ticks = tuple(Tick(number, text) for number, text in enumerate(short))
    places = tuple(float(order[text]) if order[text] < shown else None for text in texts)
    name = preview.columns[column].name + suffix
    return Across(places, Axis(name, -0.5, max(shown, 1) - 0.5, ticks, is_of_names=True), texts, len(order))


def positions_across(preview: Preview, column: int, style: ColumnFormat) -> Across | None:
    """Return a continuous axis of numbers or moments; None where the column has neither."""
    cells = [row[column] for row in preview.rows]
    kind = preview.columns[column]
    is_number = kind.is_number
    places = tuple(finite(cell) if is_number else _seconds_of(cell, kind.type) for cell in cells)
    known = [place for place in places if place is not None]
    if not known:
        return None
    least, share = (2.0 if kind.type == "integer" else 0.0, LEAST_SHARE) if is_number else (2 * DAY_S, 0.0)
    low, high = _with_room(*apart(min(known), max(known), least=least or LEAST_LENGTH, share=share))
    if is_number:
        is_whole = kind.type == "integer"
        ticks = _number_ticks(low, high, style, is_whole=is_whole)
        axis = Axis(kind.name, low, high, ticks)
    else:
        year = _say_year(known)
        axis = Axis(kind.name + year, low, high, time_ticks(low, high, has_year=not year))
    return Across(places, axis, tuple(say_place(cell, style) for cell in cells), len(set(known)))


def _number_ticks(low: float, high: float, style: ColumnFormat, *, is_whole: bool) -> tuple[Tick, ...]:
    step = nice_step(low, high, is_whole=is_whole)
    return tuple(
        Tick(at, _say_whole(at) if not style.is_grouped else say_number(at, step, is_percent=style.is_percent))
        for at in number_ticks(low, high, is_whole=is_whole)
    )


def _say_whole(value: float) -> str:
    return f"{value:.0f}"


def _with_room(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * MARGIN
    return low - room, high + room


def _short_names(texts: Sequence[str], kind: str) -> tuple[list[str], str]:
    """Return dates as short as they can be, and what the axis' name says for all of them: " (2013)"."""
    moments = [_seconds_of(text, kind) for text in texts]
    known = [at for at in moments if at is not None]
    if not known:
        return list(texts), ""
    year = _say_year(known)
    short = [
        text if at is None else say_time(moment(at), has_year=not year) for text, at in zip(texts, moments, strict=True)
    ]
    return short, year


def _say_year(known: Sequence[float]) -> str:
    years = {moment(at).year for at in known}
    return f" ({years.pop()})" if len(years) == 1 else ""


def _seconds_of(cell: Cell, kind: str) -> float | None:
    if kind not in {"date", "timestamp"} or not isinstance(cell, str):
        return None
    try:
        return seconds(datetime.fromisoformat(cell))
    except ValueError:
        return None
