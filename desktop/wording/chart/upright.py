"""The vertical axis of a chart, and its values in words.

sketch, histogram ── values ──▶ **up_axis**, **describe** ──▶ `Chart`
"""

from collections.abc import Sequence

from desktop.wording.chart.drawing import KIND_WORDS, Axis, ChartKind, Mark, Tick
from desktop.wording.chart.ticks import apart, nice_step, number_ticks, say_number
from desktop.wording.language import grouped, tr
from desktop.wording.pane.cells import ColumnFormat

HEAD_ROOM = 0.06
"""Room above the highest mark, as a share of the axis."""

FEWEST_WHOLE = 2.0
"""The least span of an axis of whole numbers, on which three are."""


def up_axis(name: str, values: Sequence[float], style: ColumnFormat, *, is_whole: bool, from_zero: bool) -> Axis:
    """Return the vertical axis for values; `from_zero` where bars stand on it."""
    low, high = min(values), max(values)
    if from_zero:
        low, high = min(0.0, low), max(0.0, high)
    if high == low:
        low, high = (low, low + 1) if low == 0 else (low - abs(low) / 2, low + abs(low) / 2)
    if is_whole and from_zero:
        high = high if high - low >= FEWEST_WHOLE else low + FEWEST_WHOLE
    low, high = apart(low, high, least=FEWEST_WHOLE if is_whole else 0.0)
    room = (high - low) * HEAD_ROOM
    top = high + (room if high > 0 or not from_zero else 0)
    bottom = low - (room if low < 0 or not from_zero else 0)
    step = nice_step(bottom, top, is_whole=is_whole)
    ticks = (
        Tick(at, say_number(at, step, is_percent=style.is_percent))
        for at in number_ticks(bottom, top, is_whole=is_whole)
    )
    return Axis(name, bottom, top, tuple(ticks))


def describe(kind: ChartKind, y: str, x: str, marks: Sequence[Mark], style: ColumnFormat) -> str:
    """Return a chart in a sentence: "Bars: Late by Date, 10 values, most 632"."""
    most = max(mark.y for mark in marks)
    return tr(
        "{kind}: {y} by {x}, {count} values, most {most}",
        kind=tr(KIND_WORDS[kind]),
        y=y,
        x=x,
        count=grouped(f"{len(marks):,}"),
        most=say_value(most, style),
    )


def say_value(value: float, style: ColumnFormat) -> str:
    """Return a number as its column is written."""
    return style.say(int(value) if value.is_integer() and abs(value) < 2**53 else value)
