"""Telling the watchers of a report how it stands now.

step written ──▶ **announce** ──▶ push ──▶ every watching connection

The push is a hint: whatever happens to it, the row is right and the report goes on.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from backend.domain.report import PREVIEW_NAME, Report, file_name, snapshot
from backend.protocol.codec import encode
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import Link, ReportMessage
from backend.service.ports import Clock, Delivery, Push, ReportStore, ResultStore, Sleep
from backend.service.posting import Each, post

LinkTo = Callable[[Report], Link | None]
"""Return a fresh link to a report's file, if there is one."""

Announce = Callable[[Report], None]
"""Tell a report's watchers how it stands."""

log = logging.getLogger(__name__)

RETRY_DELAYS_S = (0.2, 0.4, 0.8, 1.6, 3.2)
"""Waits between attempts to deliver a last snapshot; progress is not tried twice."""


@dataclass(frozen=True, slots=True)
class Links:
    """Signs links to finished files."""

    results: ResultStore
    lifetime: timedelta
    clock: Clock

    def link_to(self, report: Report) -> Link | None:
        """Return a fresh link; None if there is no file, or none any more."""
        now = self.clock()
        if report.state is not State.SUCCEEDED or not report.result or not report.object_key:
            return None
        expires_at = min(now + self.lifetime, report.result.expires_at)
        seconds = int((expires_at - now).total_seconds())
        if seconds <= 0:
            return None
        return Link(
            url=self.results.sign(report.object_key, file_name(report), seconds),
            preview_url=report.preview_key and self.results.sign(report.preview_key, PREVIEW_NAME, seconds),
            expires_at=expires_at,
        )


@dataclass(frozen=True, slots=True)
class Announcer:
    """Pushes snapshots to watchers and drops the watchers that are gone."""

    reports: ReportStore
    push: Push
    link_to: LinkTo
    sleep: Sleep
    each: Each = map

    def announce(self, report: Report, *, but: str | None = None) -> None:
        """Push the report's snapshot to its watchers, except to the connection `but`."""
        watchers = report.watchers - {but}
        if not watchers:
            return
        frame = encode(ReportMessage(report=snapshot(report, self.link_to(report))))
        delays_s = RETRY_DELAYS_S if is_terminal(report.state) else ()
        for connection_id, delivery in post(self.push, self.sleep, watchers, frame, delays_s, each=self.each).items():
            if delivery is Delivery.GONE:
                self.reports.unwatch(report.report_id, connection_id)
            if delivery is not Delivery.DELIVERED:
                extra = {"reportId": report.report_id, "connectionId": connection_id, "delivery": delivery.name}
                log.info("snapshot not delivered", extra=extra)
