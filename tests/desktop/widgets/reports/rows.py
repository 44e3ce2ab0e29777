"""Rows for the list."""

from datetime import timedelta
from typing import Any

from desktop.wording.reports.report_row import ReportRow, Work
from desktop.wording.reports.report_state import Shown
from tests.desktop.conftest import NOW


def make_row(report_id: str, shown: Shown = Shown.READY, **changes: Any) -> ReportRow:
    usual: dict[str, Any] = {"title": f"Report {report_id}", "work": Work("Ready to save"), "asked_at": NOW}
    return ReportRow(report_id=report_id, shown=shown, **(usual | changes))


def make_rows(ids: str) -> list[ReportRow]:
    return [make_row(report_id) for report_id in ids]


def running(report_id: str, share: float | None = 0.62) -> ReportRow:
    work = Work("Writing 61,440 of 98,210", "61,440 of 98,210", share, has_bar=True)
    return make_row(report_id, Shown.RUNNING, work=work, expected_at=NOW + timedelta(seconds=40))
