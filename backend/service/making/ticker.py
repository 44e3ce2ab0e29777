"""The heartbeat of a running report: progress out, lease renewed, reasons to stop in.

definition ── progress ──▶ **Ticker** ── about once a second ──▶ store ── at the report's pace ──▶ announce
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from backend.domain import steps
from backend.domain.report import RemoteQuery, Report, pace_s
from backend.domain.steps import Change
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
        if progress.stage == self._stage and now < self._due:
            return
        self._record(steps.tick(self._report.attempt, progress, now), progress, now)

    def keep(self, progress: Progress, query: RemoteQuery) -> bool:
        """Record a query with its progress now, whether or not a tick is due; return whether the row has it.

        Raises:
            Cancelled, LeaseLost, StoreUnavailable: As `progress` does.
        """
        now = self._clock()
        return self._record(steps.keep_query(self._report.attempt, progress, query, now), progress, now)

    def _record(self, change: Change, progress: Progress, now: datetime) -> bool:
        """Write a tick and announce it if that is due; return whether it was written."""
        is_new_stage = progress.stage != self._stage
        self._stage, self._due = progress.stage, now + TICK
        report = self._tick(change, now)
        if report is not None and (is_new_stage or now >= self._news_due):
            self._news_due = now + timedelta(seconds=pace_s(report, now))
            self._announce(report)
        return report is not None

    def _tick(self, change: Change, now: datetime) -> Report | None:
        """Write and return the row; None where the store did not answer."""
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
