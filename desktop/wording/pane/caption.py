"""The line at the right of the tabs: which report, how much of it.

`Entry`, `Previewed` ──▶ **say_caption** ── text ──▶ view
"""

from datetime import datetime
from enum import StrEnum

from backend.protocol.lifecycle import State
from backend.protocol.preview import Preview
from desktop.files.download import Download
from desktop.files.preview_status import Previewed
from desktop.session.state import Entry
from desktop.wording import numbers
from desktop.wording.language import grouped, tr
from desktop.wording.reports.report_state import Shown, shown_state

BETWEEN = " · "


class Extent(StrEnum):
    """What of a report's rows stands below the line."""

    FIRST = "first"
    SORTED = "sorted"
    """The first ones, in an order that is not the file's."""
    COUNTED = "counted"
    """Counts of all of them."""


def say_caption(
    entry: Entry,
    title: str,
    previewed: Previewed | None,
    now: datetime,
    download: Download | None = None,
    *,
    extent: Extent = Extent.FIRST,
) -> str:
    """Return the line: "Worst days · all 10 rows · 5.1 KB", "Flights · Failed 17 min ago", "Flights · Expired"."""
    shown = shown_state(entry, download, now, is_connected=True)
    snapshot = entry.snapshot
    parts = [title]
    if isinstance(previewed, Preview) and snapshot and snapshot.state is State.SUCCEEDED:
        parts.append(say_extent(previewed, extent))
    if snapshot and snapshot.result and shown is not Shown.EXPIRED:
        parts.append(numbers.say_size(snapshot.result.size_bytes))
    if shown in _ENDS:
        finished_at = snapshot.finished_at if snapshot and shown is not Shown.EXPIRED else None
        ago = numbers.say_ago(finished_at, now) if finished_at else ""
        parts.append(f"{tr(shown.value.words)} {ago}".rstrip())
    return BETWEEN.join(parts)


def say_extent(preview: Preview, extent: Extent = Extent.FIRST) -> str:
    """Return how much of the report is shown: "first 200 of 336,776 rows", "all 12 rows"."""
    shown, count = len(preview.rows), preview.row_count
    if shown < count and extent is Extent.SORTED:
        return tr("first {shown} rows only, sorted", shown=grouped(f"{shown:,}"))
    if shown < count and extent is Extent.FIRST:
        return tr("first {shown} of {rows} rows", shown=grouped(f"{shown:,}"), rows=grouped(f"{count:,}"))
    if count <= 1:
        return tr("1 row") if count else tr("no rows")
    return tr("all {rows} rows", rows=grouped(f"{count:,}"))


def say_part(preview: Preview) -> str:
    """Return a sentence where only part of the report is shown: "Of the first 200 rows of 98,210."."""
    shown, count = len(preview.rows), preview.row_count
    if shown == count:
        return ""
    return tr("Of the first {shown} rows of {rows}.", shown=grouped(f"{shown:,}"), rows=grouped(f"{count:,}"))


_ENDS = (Shown.FAILED, Shown.CANCELLED, Shown.REFUSED, Shown.EXPIRED)
"""States that the line names; of a report with a file it says how much that has."""
