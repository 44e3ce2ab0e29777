"""What there is when the analyst quits, counted from the rows of the list.

rows ──▶ **leaving_with** ── `Leaving` ──▶ quitting
"""

from collections.abc import Sequence

from desktop.wording.dialogs.quitting import Leaving
from desktop.wording.reports.report_row import ReportRow
from desktop.wording.reports.report_state import Shown

UNSENT = frozenset({Shown.UNSENT, Shown.SENDING})


def leaving_with(rows: Sequence[ReportRow], *, is_local: bool) -> Leaving:
    """Return what quitting would leave behind; `is_local` tells whether the service is the one on this computer."""
    unsent = sum(row.shown in UNSENT for row in rows)
    return Leaving(
        under_way=sum(row.is_under_way for row in rows) - unsent,
        unsent=unsent,
        saving=sum(row.is_on_the_way for row in rows),
        is_local=is_local,
    )
