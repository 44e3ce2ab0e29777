"""Signed links to finished files.

answering, announcing ── `Report` ──▶ **Links** ──▶ `Link`
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from backend.domain.report import PREVIEW_NAME, Report, file_name
from backend.protocol.lifecycle import State
from backend.protocol.messages import Link
from backend.service.ports import Clock, ResultStore

LinkTo = Callable[[Report], Link | None]
"""Return a fresh link to a report's file, if there is one."""


@dataclass(frozen=True, slots=True)
class Links:
    """Decides for how long a link to a finished file works, and has it signed."""

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
