"""A preview's rows as a chart: marks, axes, words.

`Preview`, `ChartChoice` ──▶ **sketch** ── `Chart` ──▶ chart page
"""

from collections.abc import Sequence
from statistics import fmean

from msgspec.structs import replace

from backend.protocol.preview import Preview
from desktop.wording.chart.across import Across, names_across, positions_across
from desktop.wording.chart.drawing import INKS, Chart, ChartChoice, ChartKind, Mark, Series
from desktop.wording.chart.groups import Group, gather, say_place
from desktop.wording.chart.histogram import sketch_histogram
from desktop.wording.chart.upright import describe, say_value, up_axis
from desktop.wording.language import tr
from desktop.wording.pane.caption import BETWEEN, say_part
from desktop.wording.pane.cells import ColumnFormat, format_of
from desktop.wording.pane.number_format import NumberFormat

MOST_BARS = 120
"""In a pane of 600 pixels each of them still has 5."""

MOST_SERIES = len(INKS) + 1
"""The largest, and the others as one."""

BAR_ROOM = 0.6
"""The share of a name's room that its bar has; several bars share a little more."""

BARS_ROOM = 0.8
MEAN_FORMAT = NumberFormat(most_decimals=2)


def sketch(preview: Preview, choice: ChartChoice) -> Chart | None:
    """Return the chart; None if there is nothing to draw."""
    if choice.kind is ChartKind.HISTOGRAM:
        return sketch_histogram(preview, choice.y)
    split = _split_of(preview, choice)
    across = _across(preview, choice, split)
    groups = gather(preview, across.places, choice.y, split)
    if not any(group.values for group in groups):
        return None
    is_pooled = choice.kind is not ChartKind.POINTS and any(len(v) > 1 for g in groups for v in g.values.values())
    style = _format_of(preview, choice.y)
    is_mean = is_pooled and preview.columns[choice.y].type != "integer"
    name = _say_pooled(preview.columns[choice.y].name, is_pooled=is_pooled, is_mean=is_mean)
    pen = _Pen(preview, choice, across, replace(style, number=style.number or MEAN_FORMAT) if is_mean else style)
    series = tuple(pen.series(group, number, len(groups), is_mean=is_mean) for number, group in enumerate(groups))
    return _finish(preview, choice, across, series, name=name, style=pen.style)


class _Pen:
    """Makes marks of groups."""

    def __init__(self, preview: Preview, choice: ChartChoice, across: Across, style: ColumnFormat) -> None:
        self.style = style
        self._choice = choice
        self._y = preview.columns[choice.y].name
        self._names = {
            place: text for place, text in zip(across.places, across.texts, strict=True) if place is not None
        }

    def series(self, group: Group, number: int, count: int, *, is_mean: bool) -> Series:
        pairs = [(place, y) for place, values in group.values.items() for y in self._pooled(values, is_mean=is_mean)]
        if self._choice.kind is ChartKind.LINE:
            pairs.sort(key=lambda pair: pair[0])
        room = BAR_ROOM if count == 1 else BARS_ROOM
        width = room / count if self._choice.kind is ChartKind.BARS else 0.0
        shift = (number - (count - 1) / 2) * width
        marks = (Mark(place + shift, y, self._say(place, y, group.name), width) for place, y in pairs)
        return Series(group.name, group.ink, tuple(marks))

    def _pooled(self, values: Sequence[float], *, is_mean: bool) -> Sequence[float]:
        if self._choice.kind is ChartKind.POINTS:
            return values
        return [fmean(values) if is_mean else sum(values)]

    def _say(self, place: float, y: float, group: str) -> str:
        value = f"{self._y} {say_value(y, self.style)}"
        return BETWEEN.join(filter(None, (self._names[place], group, value)))


def _across(preview: Preview, choice: ChartChoice, split: Sequence[str]) -> Across:
    style = _format_of(preview, choice.x)
    if choice.kind is ChartKind.BARS:
        series = min(len(set(split)), MOST_SERIES) or 1
        return names_across(preview, choice.x, style, MOST_BARS // series)
    return positions_across(preview, choice.x, style) or names_across(preview, choice.x, style)


def _split_of(preview: Preview, choice: ChartChoice) -> list[str]:
    if choice.split is None:
        return []
    style = _format_of(preview, choice.split)
    return [say_place(row[choice.split], style) for row in preview.rows]


def _format_of(preview: Preview, column: int) -> ColumnFormat:
    return format_of(preview.columns[column], (row[column] for row in preview.rows))


def _say_pooled(name: str, *, is_pooled: bool, is_mean: bool) -> str:
    if not is_pooled:
        return name
    return tr("Mean of {column}", column=name) if is_mean else tr("Sum of {column}", column=name)


def _finish(
    preview: Preview,
    choice: ChartChoice,
    across: Across,
    series: tuple[Series, ...],
    *,
    name: str,
    style: ColumnFormat,
) -> Chart:
    marks = [mark for each in series for mark in each.marks]
    column = preview.columns[choice.y]
    up = up_axis(
        name,
        [mark.y for mark in marks],
        style,
        is_whole=column.type == "integer",
        from_zero=choice.kind is ChartKind.BARS,
    )
    shown = len(across.axis.ticks) if across.axis.is_of_names else across.count
    left_out = tr("The first {shown} of {count} values.", shown=shown, count=across.count)
    note = " ".join(filter(None, (say_part(preview), left_out if shown < across.count else "")))
    description = describe(choice.kind, name, preview.columns[choice.x].name, marks, style)
    return Chart(choice.kind, series, across.axis, up, note, f"{description}. {note}".strip() if note else description)
