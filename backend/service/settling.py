"""Ending a report that no worker will end.

reading, submission ──▶ **Settling** ──▶ store ──▶ announce
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.domain import steps
from backend.domain.report import Report
from backend.domain.steps import Change
from backend.service.announcing import Announcer
from backend.service.ending import Ending
from backend.service.ports import ReportStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settling:
    """Ends overdue reports as they are met: nothing else looks for them."""

    reports: ReportStore
    ending: Ending
    announcer: Announcer
    event_max_age: timedelta
    """How long an asynchronous invocation may wait for its function."""

    def settle(self, report: Report, now: datetime, *, but: str | None = None) -> Report:
        """Return the report, FAILED if it was overdue; its watchers hear of that, except the connection `but`."""
        overdue = self._overdue(report, now)
        if overdue is None:
            return report
        ended = self.ending.end(report.report_id, overdue)
        if ended is None:
            return self.reports.get(report.report_id, now) or report
        log.warning("report lost its worker", extra={"reportId": report.report_id, "attempt": report.attempt})
        self.announcer.announce(ended, but=but)
        return ended

    def _overdue(self, report: Report, now: datetime) -> Change | None:
        """Return the step that ends the report, if it is due."""
        ends = (steps.fail_unstarted(self.event_max_age, now), steps.fail_lost(now))
        return next((end for end in ends if any(steps.is_met(each, report) for each in end.when)), None)
