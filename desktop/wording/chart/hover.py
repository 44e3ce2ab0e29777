"""The mark under the pointer.

chart canvas ── place of the pointer ──▶ **nearest** ── mark ──▶ chart canvas
"""

from desktop.wording.chart.drawing import Chart, Mark

REACH_PX = 24.0
"""Distance from which a point is under the pointer."""


def nearest(chart: Chart, at: tuple[float, float], px: tuple[float, float]) -> Mark | None:
    """Return the mark under the pointer; of a bar its whole column counts, for low ones are hard to hit.

    Args:
        chart: What is drawn.
        at: The pointer, in the units of the axes.
        px: Pixels to a unit, across and up.
    """
    marks = [mark for series in chart.series for mark in series.marks]
    bars = [mark for mark in marks if mark.width and abs(mark.x - at[0]) <= mark.width / 2]
    if bars or any(mark.width for mark in marks):
        return bars[0] if bars else None
    distances = [(((m.x - at[0]) * px[0]) ** 2 + ((m.y - at[1]) * px[1]) ** 2, n) for n, m in enumerate(marks)]
    closest, number = min(distances, default=(REACH_PX**2 + 1, -1))
    return marks[number] if closest <= REACH_PX**2 else None


def in_order(chart: Chart) -> tuple[Mark, ...]:
    """Return all marks from left to right, for the keys."""
    return tuple(sorted((mark for series in chart.series for mark in series.marks), key=lambda mark: mark.x))
