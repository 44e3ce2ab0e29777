"""Stopping a report that its owner no longer wants.

answering ──▶ **Cancelling** ──▶ store ──▶ announce
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from backend.domain import steps
from backend.domain.caller import Caller
from backend.domain.report import Report
from backend.protocol.lifecycle import State, is_terminal
from backend.service.announcing import Announcer
from backend.service.ending import Ending
from backend.service.ports import ReportStore
from backend.service.reading import Reading

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Stops reports."""

    reports: ReportStore
    ending: Ending
    reading: Reading
    announcer: Announcer

    def cancel(self, caller: Caller, report_id: str, now: datetime) -> Report:
        """Stop a report: at once if nobody has begun it, else at its worker's next tick.

        Raises:
            RefusedRequest: `notFound`.
        """
        report = self.reading.own(caller, report_id, now)
        while not is_terminal(report.state) and not report.cancel_requested:
            if report.state is State.QUEUED:
                changed = self.ending.end(report_id, steps.cancel_queued(now))
            else:
                changed = self.reports.change(report_id, steps.request_cancel())
            if changed:
                log.info("cancel requested", extra={"reportId": report_id, "state": changed.state})
                self.announcer.announce(changed, but=caller.connection_id)
            report = changed or self.reading.own(caller, report_id, now)
        return report
