"""Reading reports, ending those nobody works on any more, and stopping those nobody wants.

router ──▶ **Reading** ──▶ store ──▶ the reports as they stand
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from backend.domain import steps
from backend.domain.caller import Caller
from backend.domain.report import Report
from backend.protocol.codec import RefusedRequest
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import ErrorCode, ErrorInfo, ListReports
from backend.service.announcing import Announcer
from backend.service.ports import Clock, Page, ReportStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """Answers questions about a caller's own reports. Another's report is as absent as one that never was."""

    reports: ReportStore
    announcer: Announcer
    clock: Clock
    event_max_age: timedelta

    def watch(self, caller: Caller, report_ids: Iterable[str]) -> tuple[tuple[Report, ...], tuple[str, ...]]:
        """Return the reports, from now on pushed to the caller's connection, and the ids that are missing."""
        asked = tuple(dict.fromkeys(report_ids))
        now = self.clock()
        rows = {i: self.reports.watch(i, caller.owner, caller.connection_id, now) for i in asked}
        found = tuple(self._settled(caller, row) for row in rows.values() if row)
        return found, tuple(report_id for report_id, row in rows.items() if row is None)

    def page(self, caller: Caller, request: ListReports) -> Page:
        """Return the caller's newest reports."""
        page = self.reports.page(caller.owner, request.before, request.limit, self.clock())
        return Page(tuple(self._settled(caller, report) for report in page.reports), page.next)

    def count_active(self, caller: Caller) -> int:
        """Return how many of the caller's reports are queued or running, after ending those nobody works on."""
        rows = (self.reports.get(report_id, self.clock()) for report_id in self.reports.active_ids(caller.owner))
        return sum(not is_terminal(self._settled(caller, row).state) for row in rows if row)

    def cancel(self, caller: Caller, report_id: str) -> Report:
        """Stop a report: at once if nobody has begun it, else at its worker's next tick.

        Raises:
            RefusedRequest: `notFound`.
        """
        report = self._own(caller, report_id)
        while not is_terminal(report.state) and not report.cancel_requested:
            queued = report.state is State.QUEUED
            change = steps.cancel_queued(self.clock()) if queued else steps.request_cancel()
            changed = self.reports.change(report_id, change)
            if changed:
                log.info("cancel requested", extra={"reportId": report_id, "state": changed.state})
                self.announcer.announce(changed, but=caller.connection_id)
            report = changed or self._own(caller, report_id)
        return report

    def _own(self, caller: Caller, report_id: str) -> Report:
        report = self.reports.get(report_id, self.clock())
        if report is None or report.owner != caller.owner:
            error = ErrorInfo(code=ErrorCode.NOT_FOUND, message="There is no such report.")
            raise RefusedRequest(error)
        return self._settled(caller, report)

    def _settled(self, caller: Caller, report: Report) -> Report:
        """End a report that no worker will end."""
        overdue = steps.fail_overdue(self.event_max_age, self.clock())
        if not any(steps.is_met(condition, report) for condition in overdue.when):
            return report
        ended = self.reports.change(report.report_id, overdue)
        if ended is None:
            return self.reports.get(report.report_id, self.clock()) or report
        log.warning("report lost its worker", extra={"reportId": report.report_id, "attempt": report.attempt})
        self.announcer.announce(ended, but=caller.connection_id)
        return ended
