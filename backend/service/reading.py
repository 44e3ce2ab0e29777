"""Questions about a caller's own reports.

answering, submission, cancelling ──▶ **Reading** ──▶ store ──▶ the reports as they stand
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.domain.caller import Caller
from backend.domain.report import Report
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import ErrorCode, ListReports
from backend.protocol.refusals import RefusedRequest, refused
from backend.service.ports import Page, ReportStore
from backend.service.settling import Settling


@dataclass(frozen=True, slots=True)
class Reading:
    """Answers questions about a caller's own reports. Another's report is as absent as one that never was."""

    reports: ReportStore
    settling: Settling

    def watch(
        self, caller: Caller, report_ids: Iterable[str], now: datetime
    ) -> tuple[tuple[Report, ...], tuple[str, ...]]:
        """Return the reports, from now on pushed to the caller's connection, and the ids that are missing."""
        rows = {i: self.joined(caller, i, now) for i in dict.fromkeys(report_ids)}
        found = tuple(self._settled(caller, row, now) for row in rows.values() if row)
        return found, tuple(report_id for report_id, row in rows.items() if row is None)

    def joined(self, caller: Caller, report_id: str, now: datetime) -> Report | None:
        """Return the caller's report, from now on pushed to the connection if there is one; None if missing."""
        if caller.connection_id:
            return self.reports.watch(report_id, caller.owner, caller.connection_id, now)
        report = self.reports.get(report_id, now)
        return report if report and report.owner == caller.owner else None

    def page(self, caller: Caller, request: ListReports, now: datetime, state: State | None = None) -> Page:
        """Return the caller's newest reports, or those in a state. Raises `InvalidCursor`."""
        page = self.reports.page(caller.owner, request.before, request.limit, now, state)
        settled = (self._settled(caller, report, now) for report in page.reports)
        return Page(tuple(report for report in settled if state in {None, report.state}), page.next)

    def own(self, caller: Caller, report_id: str, now: datetime) -> Report:
        """Return one of the caller's reports.

        Raises:
            RefusedRequest: `notFound`.
        """
        report = self.reports.get(report_id, now)
        if report is None or report.owner != caller.owner:
            raise not_found()
        return self._settled(caller, report, now)

    def active(self, caller: Caller, now: datetime) -> tuple[Report, ...]:
        """Return the caller's reports that are queued or running, those that are overdue among them. Changes none."""
        rows = (self.reports.get(report_id, now) for report_id in self.reports.active_ids(caller.owner))
        return tuple(row for row in rows if row and not is_terminal(row.state))

    def _settled(self, caller: Caller, report: Report, now: datetime) -> Report:
        return self.settling.settle(report, now, but=caller.connection_id)


def not_found() -> RefusedRequest:
    """Return the refusal of a report that is unknown, or another's."""
    return refused(ErrorCode.NOT_FOUND, "There is no such report.")
