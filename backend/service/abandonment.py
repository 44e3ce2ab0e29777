"""Ending a report whose invocation has failed for good.

failures ──▶ **Abandonment** ──▶ store ──▶ announce
"""

import logging
from dataclasses import dataclass

from backend.domain import steps
from backend.protocol.messages import Failure
from backend.service.announcing import Announcer
from backend.service.ending import Ending
from backend.service.ports import Clock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Abandonment:
    """Ends reports nobody else will end."""

    ending: Ending
    announcer: Announcer
    clock: Clock
    event_max_age_s: int
    """How long an asynchronous invocation may wait for its function."""

    def end(self, report_id: str, invocation: str, failure: Failure) -> None:
        """End the report, unless it has ended or another invocation is at work on it."""
        change = steps.fail_abandoned(invocation, failure, self.clock())
        report = self.ending.end(report_id, change)
        log.warning(
            "invocation failed", extra={"reportId": report_id, "code": failure.code, "ended": report is not None}
        )
        if report is not None:
            self.announcer.announce(report)
