"""Many reports as they are now, in one request, for who asks again and again.

web ──▶ **News** ──▶ store, settling
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.domain.caller import Caller
from backend.domain.report import Report
from backend.service.ports import ReportStore
from backend.service.settling import Settling


@dataclass(frozen=True, slots=True)
class News:
    """Looks at a caller's reports. Nobody watches them for that."""

    reports: ReportStore
    settling: Settling

    def of(
        self, caller: Caller, report_ids: Iterable[str], now: datetime
    ) -> tuple[tuple[Report, ...], tuple[str, ...]]:
        """Return the reports, and the ids that are missing: unknown, or another's. At most a hundred."""
        asked = tuple(dict.fromkeys(report_ids))
        rows = self.reports.get_all(asked, now)
        own = {report_id: row for report_id, row in rows.items() if row.owner == caller.owner}
        found = tuple(self.settling.settle(own[report_id], now) for report_id in asked if report_id in own)
        return found, tuple(report_id for report_id in asked if report_id not in own)
