"""How often a WebSocket's client is told of a report, by the report's age.

posts at the edge ──▶ **intervals_s** ──▶ table
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import median

from tests.faults.faults import Post

AGES_S = (30, 300, 900)
"""Where the pace changes, and the longest that a report may take: as `pace_s` in `backend.domain.report` has it."""


def intervals_s(posts: Iterable[tuple[float, Post]], report_id: str) -> Mapping[int, list[float]]:
    """Return the seconds between two pushes of a report that waits, by the ages that they were before."""
    at = [when for when, post in posts if post.shows(report_id, stage="waiting")]
    found: dict[int, list[float]] = {age_s: [] for age_s in AGES_S}
    for before, after in pairwise(at):
        age_s = next(age_s for age_s in AGES_S if before - at[0] < age_s)
        found[age_s].append(after - before)
    return found


def said(intervals: Mapping[int, list[float]]) -> str:
    """Return the median of each."""
    parts = (f"{median(each):.2f} s ({len(each)}) until {age} s" for age, each in intervals.items() if each)
    return f"pushed each {', '.join(parts)}"
