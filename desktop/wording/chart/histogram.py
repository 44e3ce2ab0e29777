"""How the values of one column are spread.

`Preview`, column ──▶ **sketch_histogram** ── `Chart` ──▶ sketch
"""

import math
from collections import Counter
from collections.abc import Sequence

from backend.protocol.preview import Preview
from desktop.wording.chart.drawing import INKS, Axis, Chart, ChartKind, Mark, Series, Tick
from desktop.wording.chart.groups import finite
from desktop.wording.chart.ticks import apart, nice_step, number_ticks, say_number
from desktop.wording.chart.upright import describe, up_axis
from desktop.wording.language import tr, tr_count
from desktop.wording.pane.caption import BETWEEN, say_part
from desktop.wording.pane.cells import ColumnFormat, format_of

WANTED_BINS = 12
"""Bins are of a round width, so that there may be a few more or less."""

TO = " – "

GAP = 0.04
"""Room between two bars, as a share of a bin."""


def sketch_histogram(preview: Preview, column: int) -> Chart | None:
    """Return how often values are in each of some bins of equal width; None if there are none."""
    values = [value for row in preview.rows if (value := finite(row[column])) is not None]
    if not values:
        return None
    named = preview.columns[column]
    style = format_of(named, (row[column] for row in preview.rows))
    low, high, step = _bins(values, is_whole=named.type == "integer")
    marks = _marks(values, low, step, style, is_whole=named.type == "integer" and step == 1)
    up = up_axis(tr("Rows"), [mark.y for mark in marks], ColumnFormat(), is_whole=True, from_zero=True)
    at = number_ticks(low, high, is_whole=named.type == "integer")
    across = Axis(named.name, low, high, tuple(Tick(each, _say(each, at, style)) for each in at))
    note = say_part(preview)
    said = describe(ChartKind.HISTOGRAM, tr("Rows"), named.name, marks, ColumnFormat(is_number=True))
    said = f"{said}. {note}" if note else said
    return Chart(ChartKind.HISTOGRAM, (Series("", INKS[0], marks),), across, up, note, said)


def _bins(values: Sequence[float], *, is_whole: bool) -> tuple[float, float, float]:
    """Return where the first bin begins, where the last ends, and how wide each is."""
    low, high = min(values), max(values)
    if high == low:
        low, high = (low - 1, high + 1) if is_whole or high == 0 else (low - abs(low) / 2, high + abs(low) / 2)
    low, high = apart(low, high, least=2.0 if is_whole else 0.0)
    step = nice_step(low, high, is_whole=is_whole, wanted=WANTED_BINS)
    first, last = math.floor(low / step), math.floor(high / step) + 1
    return first * step, last * step, step


def _marks(
    values: Sequence[float], low: float, step: float, style: ColumnFormat, *, is_whole: bool
) -> tuple[Mark, ...]:
    counts = Counter(math.floor((value - low) / step + 1e-9) for value in values)
    marks = []
    for number, count in sorted(counts.items()):
        start = low + number * step
        ends = [say_number(at, step, is_percent=style.is_percent) for at in (start, start + step)]
        rows = tr_count("1 row", "{count} rows", count)
        text = BETWEEN.join((ends[0] if is_whole else TO.join(ends), rows))
        marks.append(Mark(start + step / 2, float(count), text, step * (1 - GAP)))
    return tuple(marks)


def _say(at: float, ticks: Sequence[float], style: ColumnFormat) -> str:
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    return say_number(at, step, is_percent=style.is_percent) if style.is_grouped else f"{at:.0f}"
