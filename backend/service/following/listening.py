"""Following one report to its end: what a stream of events is made from.

web ──▶ **Listening** ──▶ the row, read again and again

A listener is paid for as long as it listens, and takes an execution: see `serverSentEvents` in infra/settings.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from backend.domain.caller import Caller
from backend.domain.report import Report, pace_s
from backend.protocol.lifecycle import is_terminal
from backend.service.ports import Clock, ReportStore, Sleep
from backend.service.settling import Settling

READ_EACH_S = 0.5
"""The pause between two reads of the row, which is how late news are at most."""
SILENCE = timedelta(seconds=15)
"""For so long nothing is said at most. API Gateway cuts a stream that is silent for five minutes, proxies sooner.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Follows a caller's own report. Another's is as absent as one that never was."""

    reports: ReportStore
    settling: Settling
    clock: Clock
    sleep: Sleep

    def find(self, caller: Caller, report_id: str) -> Report | None:
        """Return the caller's report as it is now; None if missing."""
        now = self.clock()
        report = self.reports.get(report_id, now)
        return self.settling.settle(report, now) if report and report.owner == caller.owner else None

    def news(self, caller: Caller, report: Report, known: int, longest_s: float) -> Iterator[Report | None]:
        """Yield the report each time there is news of it, the last time as it has ended; None to break a silence.

        A new state is news at once, and at the start whatever is newer than the revision `known`; progress is news at
        the report's own pace. Ends after `longest_s` in any case.
        """
        due_at = silent_since = self.clock()
        end = due_at + timedelta(seconds=longest_s)
        found: Report | None = report
        while found is not None:
            now = self.clock()
            if found.revision > known and (found.state_revision > known or now >= due_at):
                yield found
                if is_terminal(found.state):
                    return
                known, silent_since, due_at = found.revision, now, now + timedelta(seconds=pace_s(found, now))
            elif now - silent_since >= SILENCE:
                yield None
                silent_since = now
            if now >= end:
                return
            self.sleep(READ_EACH_S)
            found = self.find(caller, report.report_id)
