"""A report in one request: asked for, waited for, answered.

door ── `Ask` ──▶ **Synchronous** ──▶ submission, reading ──▶ `HttpAnswer`
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import msgspec

from backend.domain.report import Report, snapshot
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import GenerateReport, Nothing
from backend.service.links import LinkTo
from backend.service.ports import Clock, Sleep
from backend.service.reading import Reading
from backend.service.submission import Submission
from backend.web.answers import HttpAnswer, json_answer
from backend.web.asking import Ask, order
from backend.web.conditions import tag_of

READ_EACH_S = 0.25
MARGIN_S = 2.0
"""Time kept for answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synchronous:
    """The resource `/reports/synchronous`."""

    submission: Submission
    reading: Reading
    link_to: LinkTo
    clock: Clock
    sleep: Sleep

    def post(self, ask: Ask) -> HttpAnswer:
        """Make a report and return it as it has ended, however long that takes; or as it is when the time is over."""
        ask.request.read_query(Nothing)
        request = GenerateReport(report_id=str(uuid.uuid4()), **msgspec.structs.asdict(order(ask)))
        report = self._ended(ask, self.submission.submit(ask.caller, request, ask.now).report)
        shown = snapshot(report, self.link_to(report), self.clock())
        return json_answer(shown, HTTPStatus.CREATED, {"ETag": tag_of(shown)})

    def _ended(self, ask: Ask, report: Report) -> Report:
        end = ask.now + timedelta(seconds=ask.remaining_s - MARGIN_S)
        while not is_terminal(report.state) and self.clock() < end:
            self.sleep(READ_EACH_S)
            report = self.reading.own(ask.caller, report.report_id, self.clock())
        return report
