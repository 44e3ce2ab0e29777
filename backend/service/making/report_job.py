"""The report that an engine works for: its row as far as a query elsewhere is in it, and the way to another worker.

engine ── query, progress ──▶ **ReportJob** ──▶ ticker ──▶ store
                                  └── near this worker's deadline ──▶ store (hand over), invoke ──▶ another worker
"""

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from backend.domain import steps
from backend.domain.report import RemoteQuery, Report, rows_folder
from backend.protocol.messages import Failure, FailureCode, Progress
from backend.service.making.ticker import Cancelled, LeaseLost, Ticker
from backend.service.ports import Clock, EngineFailed, InvocationRefused, Invoke, ReportStore

log = logging.getLogger(__name__)

HAND_OVER_MARGIN_S = 30.0
"""Time kept for handing a report over before Lambda ends the function: for an answer that hangs, and for two writes."""
WRITING_SHARE = 0.5
"""What must be left of a worker's time, as it claimed the report, for it to write the file of a query that has ended
elsewhere; else a fresh one does."""


class HandedOver(Exception):
    """Another worker goes on with the report."""


class ReportJob:
    """A `ports.Job`."""

    def __init__(
        self,
        report: Report,
        ticker: Ticker,
        *,
        reports: ReportStore,
        invoke: Invoke,
        clock: Clock,
        remaining_s: Callable[[], float],
        event_max_age: timedelta,
    ) -> None:
        self.report_id = report.report_id
        self.folder = rows_folder(report)
        self.query = report.query
        self._attempt = report.attempt
        self._ticker = ticker
        self._reports = reports
        self._invoke = invoke
        self._clock = clock
        self._remaining_s = remaining_s
        self._lifetime_s = remaining_s()
        self._event_max_age = event_max_age

    def progress(self, progress: Progress) -> None:
        """Record and announce progress if a tick is due."""
        self._ticker.progress(progress)

    def keep(self, progress: Progress, query: RemoteQuery) -> bool:
        """Record a query with its progress, at once where it has changed; return whether the row has it now.

        Raises:
            HandedOver: This worker has too little time left, and another one was invoked.
            EngineFailed: The same, and that was refused.
            Cancelled, LeaseLost, StoreUnavailable: As the ticker raises them.
        """
        if query != self.query:
            if not self._ticker.keep(progress, query):
                return False
            self.query = query
        if self._is_late(query):
            self._hand_over()
        self._ticker.progress(progress)
        return True

    def _is_late(self, query: RemoteQuery) -> bool:
        half_s = self._lifetime_s * WRITING_SHARE
        return self._remaining_s() < (half_s if query.is_done else min(HAND_OVER_MARGIN_S, half_s))

    def _hand_over(self) -> None:
        now, invocation = self._clock(), str(uuid.uuid4())
        change = steps.hand_over(self._attempt, invocation, now + self._event_max_age, now)
        report = self._reports.change(self.report_id, change)
        if report is None:
            raise LeaseLost
        if report.cancel_requested:
            raise Cancelled
        try:
            self._invoke(self.report_id, invocation)
        except InvocationRefused as error:
            message = "The report needs another worker, and none could be started. Try again."
            raise EngineFailed(Failure(code=FailureCode.TIMED_OUT, message=message)) from error
        raise HandedOver
