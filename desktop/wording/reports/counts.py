"""How many reports are under way, in the status bar and in the window's title.

rows ──▶ **say_counts** ── "2 running, 1 queued" ──▶ status bar
"""

from collections.abc import Iterable

from desktop.wording.language import tr, tr_count
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import Shown

PARTS = (
    ("1 running", "{count} running", (Shown.RUNNING, Shown.CANCELLING)),
    ("1 queued", "{count} queued", (Shown.QUEUED, Shown.SENDING)),
    ("1 saving", "{count} saving", (Shown.SAVING,)),
    ("1 paused", "{count} paused", (Shown.PAUSED,)),
    ("1 not sent yet", "{count} not sent yet", (Shown.UNSENT,)),
)
PROGRAM = "Reportwire"


def say_counts(rows: Iterable[ReportRow]) -> str:
    """Return how many reports are in which state under way; an empty text where none is."""
    shown = [row.shown for row in rows]
    totals = [(one, many, sum(shown.count(state) for state in states)) for one, many, states in PARTS]
    return ", ".join(tr_count(one, many, total) for one, many, total in totals if total)


def say_title(under_way: int) -> str:
    """Return the window's title: "2 under way – Reportwire"."""
    return f"{tr('{count} under way', count=under_way)} – {PROGRAM}" if under_way else PROGRAM
