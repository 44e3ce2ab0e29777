"""Reports that have ended since the last look, and how that is told.

rows before, rows now ──▶ **ended_since** ──▶ notifications, announcements
"""

from collections.abc import Sequence

from desktop.wording.language import tr, tr_count
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import ON_THE_WAY, Shown
from desktop.wording.reports.row_builder import Rows

TOLD = frozenset({Shown.READY, *ON_THE_WAY, Shown.SAVED, Shown.FAILED, Shown.REFUSED})


def ended_since(before: Rows | None, rows: Rows) -> tuple[ReportRow, ...]:
    """Return the rows of reports that were under way before and are ready or have failed now."""
    if before is None or before is rows:
        return ()
    return tuple(
        row
        for report_id, row in rows.by_id.items()
        if (known := before.by_id.get(report_id)) and known is not row and row.shown in TOLD and known.is_under_way
    )


def say_notification(ended: Sequence[ReportRow]) -> tuple[str, str]:
    """Return the title and the text of a message about reports that have ended; there is at least one."""
    if len(ended) == 1:
        return say_end(ended[0]), ended[0].parameters
    failed = [row for row in ended if row.shown in {Shown.FAILED, Shown.REFUSED}]
    if not failed:
        title = tr("{count} reports are ready", count=len(ended))
    else:
        title = tr_count("{count} report failed", "{count} reports failed", len(failed))
    return title, ", ".join(dict.fromkeys(row.title for row in ended))


def say_end(row: ReportRow) -> str:
    """Return that a report is ready, or failed."""
    text = "{report} failed" if row.shown in {Shown.FAILED, Shown.REFUSED} else "{report} is ready"
    return tr(text, report=row.title)


def say_announcement(row: ReportRow) -> str:
    """Return what a screen reader reads aloud when a report ends."""
    state = tr(row.shown.value.words)
    return tr("{report}, {state}, {parameters}", report=row.title, state=state, parameters=row.parameters)
