"""The heartbeat of a running report: progress out, lease renewed, reasons to stop in.

definition ── progress ──▶ **Ticker** ── about once a second ──▶ store ──▶ announce
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from backend.domain import steps
from backend.domain.report import Report
from backend.protocol.messages import Progress
from backend.service.announcing import Announce
from backend.service.ports import Clock, ReportStore, StoreUnavailable

TICK = timedelta(seconds=1)
DEADLINE_MARGIN_S = 10.0
"""Time kept for ending the report before Lambda ends the function."""


class Cancelled(Exception):
    """The analyst wants the report stopped."""


class LeaseLost(Exception):
    """Another worker has taken the report over, or it has ended."""


class DeadlineReached(Exception):
    """The function is about to be killed."""


class Ticker:
    """Ticks at once on a new stage and after that about every second, however often progress is reported."""

    def __init__(
        self,
        report: Report,
        reports: ReportStore,
        announce: Announce,
        clock: Clock,
        remaining_s: Callable[[], float],
    ) -> None:
        self._report = report
        self._reports = reports
        self._announce = announce
        self._clock = clock
        self._remaining_s = remaining_s
        self._stage: str | None = None
        self._due: datetime | None = None
        self._lease_until = clock() + steps.LEASE

    def progress(self, progress: Progress) -> None:
        """Record and announce progress if a tick is due.

        Raises:
            Cancelled: The report is to be stopped.
            LeaseLost: The report is no longer this worker's.
            DeadlineReached: There is just time enough left to say so.
            StoreUnavailable: The store did not answer for as long as the lease lasts; a shorter fault costs a tick.
        """
        if self._remaining_s() < DEADLINE_MARGIN_S:
            raise DeadlineReached
        now = self._clock()
        if progress.stage == self._stage and self._due is not None and now < self._due:
            return
        self._stage, self._due = progress.stage, now + TICK
        self._tick(progress, now)

    def _tick(self, progress: Progress, now: datetime) -> None:
        change = steps.tick(self._report.attempt, progress, now)
        try:
            report = self._reports.change(self._report.report_id, change)
        except StoreUnavailable:
            if now >= self._lease_until:
                raise
            return
        if report is None:
            raise LeaseLost
        self._lease_until = now + steps.LEASE
        if report.cancel_requested:
            raise Cancelled
        self._announce(report)
