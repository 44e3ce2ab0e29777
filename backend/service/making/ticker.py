"""The heartbeat of a running report: progress out, lease renewed, reasons to stop in.

definition ── progress ──▶ **Ticker** ── about once a second ──▶ store ── at the report's pace ──▶ announce
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from backend.domain import steps
from backend.domain.report import Report, pace_s
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
    """Ticks at once on a new stage and after that about every second, however often progress is reported.

    Every tick is written; those of a stage are announced at the report's pace, which slows down as it grows old.
    """

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
        self._due = self._news_due = clock()
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
        is_new_stage = progress.stage != self._stage
        if not is_new_stage and now < self._due:
            return
        self._stage, self._due = progress.stage, now + TICK
        report = self._tick(progress, now)
        if report is not None and (is_new_stage or now >= self._news_due):
            self._news_due = now + timedelta(seconds=pace_s(report, now))
            self._announce(report)

    def _tick(self, progress: Progress, now: datetime) -> Report | None:
        """Write progress and return the row; None where the store did not answer."""
        change = steps.tick(self._report.attempt, progress, now)
        try:
            report = self._reports.change(self._report.report_id, change)
        except StoreUnavailable:
            if now >= self._lease_until:
                raise
            return None
        if report is None:
            raise LeaseLost
        self._lease_until = now + steps.LEASE
        if report.cancel_requested:
            raise Cancelled
        return report
