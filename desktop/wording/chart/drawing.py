"""A chart as values: what is drawn where, in which ink, with which words.

sketch ── `Chart` ──▶ chart canvas
"""

from enum import StrEnum

from msgspec import Struct

INKS = ("chart1", "chart2", "chart3", "chart4")
"""Tokens of the colours of series, in their order."""

INK_OF_OTHERS = "edge"


class ChartKind(StrEnum):
    """A kind of chart."""

    BARS = "bars"
    LINE = "line"
    POINTS = "points"
    HISTOGRAM = "histogram"


KIND_WORDS = {
    ChartKind.BARS: "Bars",
    ChartKind.LINE: "Line",
    ChartKind.POINTS: "Points",
    ChartKind.HISTOGRAM: "Histogram",
}


class ChartChoice(Struct, frozen=True):
    """A kind and columns by their numbers. A histogram has bins of `y` across; `split` None is one series."""

    kind: ChartKind
    x: int
    y: int
    split: int | None = None


class Mark(Struct, frozen=True):
    """One value: a bar, a point, or a point of a line. `text` is what hovering says."""

    x: float
    y: float
    text: str
    width: float = 0.0


class Series(Struct, frozen=True):
    """Marks of one ink, the token of a colour. `name` is empty where there is but one series."""

    name: str
    ink: str
    marks: tuple[Mark, ...]


class Tick(Struct, frozen=True):
    """A text beside an axis."""

    at: float
    text: str


class Axis(Struct, frozen=True):
    """An axis from `low` to `high`."""

    name: str
    low: float
    high: float
    ticks: tuple[Tick, ...]
    is_of_names: bool = False
    """Whether its ticks are names side by side: those without room may be cut short or left out."""


class Chart(Struct, frozen=True):
    """A chart, the note that it leaves something out, and its description for those who hear it."""

    kind: ChartKind
    series: tuple[Series, ...]
    x_axis: Axis
    y_axis: Axis
    note: str
    description: str
