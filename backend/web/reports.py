"""Reports over HTTPS: asked for, looked at, cancelled, fetched.

http_router ── `Ask` ──▶ **Reports** ──▶ submission, reading, cancelling, paging, waiting ──▶ `HttpAnswer`
"""

import base64
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from backend.domain.report import Report, snapshot
from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import (
    Data,
    ErrorCode,
    GenerateReport,
    ListReports,
    Nothing,
    Snapshot,
)
from backend.protocol.refusals import refused
from backend.service.cancelling import Cancelling
from backend.service.following.waiting import Waiting
from backend.service.links import LinkTo
from backend.service.paging import Paging
from backend.service.ports import Clock
from backend.service.reading import Reading
from backend.service.submission import Submission
from backend.web.answers import HttpAnswer, json_answer
from backend.web.asking import Ask, granted, known_id, new_id, order
from backend.web.conditions import is_known, known_revision, tag_of
from backend.web.problems import Problem

NEWS_AFTER_S = 3.0
"""After so many seconds any newer revision ends a wait; before, a new state: progress changes the row each second."""


class ListQuery(ListReports, frozen=True, kw_only=True):
    """The query of a list."""

    state: Annotated[State, Meta(description=f"one of {', '.join(State)}")] | None = None


class WaitQuery(Data, frozen=True, kw_only=True):
    """The query of one report: what a wait is for."""

    until: Annotated[Literal["end"], Meta(description="end")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The resources `/reports…`."""

    submission: Submission
    reading: Reading
    cancelling: Cancelling
    paging: Paging
    waiting: Waiting
    link_to: LinkTo
    clock: Clock

    def put(self, ask: Ask) -> HttpAnswer:
        """Ask for a report under an id of the client's; for a known one, return it."""
        return self._submitted(ask, new_id(ask), {})

    def post(self, ask: Ask) -> HttpAnswer:
        """Ask for a report under an id of the service's."""
        report_id = str(uuid.uuid4())
        return self._submitted(ask, report_id, {"Location": f"reports/{report_id}"})

    def get(self, ask: Ask) -> HttpAnswer:
        """Return a report: now, or when there is news of it, for a client that says what it knows."""
        is_end_wanted = ask.request.read_query(WaitQuery).until is not None
        report, granted_s, revision = self._own(ask), 0, known_revision(ask.if_none_match)

        def is_enough(report: Report, waited_s: float) -> bool:
            return _has_ended(report, 0.0) or (not is_end_wanted and is_news(report, revision, waited_s))

        if ask.if_none_match:
            report, granted_s = self.waiting.until(ask.patience, report, is_enough, self._again(ask, report))
        shown = self.show(report)
        headers = {**_headers(shown), **granted(ask, granted_s)}
        if is_known(shown, ask.if_none_match, self.clock()):
            return HttpAnswer(HTTPStatus.NOT_MODIFIED, headers=headers)
        return json_answer(shown, headers=headers)

    def file(self, ask: Ask) -> HttpAnswer:
        """Lead to the file."""
        ask.request.read_query(Nothing)
        report = self._own(ask)
        if not is_terminal(report.state):
            pace = self.show(report).retry_after
            reason = "The report has not ended yet."
            raise Problem(HTTPStatus.CONFLICT, ErrorCode.NOT_FINISHED, reason, {"Retry-After": str(pace)})
        if report.state is not State.SUCCEEDED or report.result is None:
            raise refused(ErrorCode.NO_FILE, f"The report has {report.state.lower()}: there is no file.")
        link = self.link_to(report)
        if link is None:
            raise refused(ErrorCode.FILE_EXPIRED, "The file is kept no longer. Ask for the report again.")
        digest = base64.b64encode(bytes.fromhex(report.result.sha256)).decode()
        return HttpAnswer(HTTPStatus.FOUND, headers={"Location": link.url, "Repr-Digest": f"sha-256=:{digest}:"})

    def cancel(self, ask: Ask) -> HttpAnswer:
        """Stop a report."""
        ask.request.read_query(Nothing)
        ask.request.read_body(Nothing)
        report = self.cancelling.cancel(ask.caller, known_id(ask), ask.now)
        shown = self.show(report)
        status = HTTPStatus.OK if is_terminal(report.state) else HTTPStatus.ACCEPTED
        return json_answer(shown, status, _headers(shown))

    def list(self, ask: Ask) -> HttpAnswer:
        """Return a page of the caller's reports, newest first, without links."""
        query = ask.request.read_query(ListQuery)
        now = self.clock()
        page = self.paging.reports(ask.caller, query, now, lambda each: snapshot(each, None, now), query.state)
        headers = {}
        if page.next:
            asked = {"before": page.next, "limit": query.limit} | ({"state": query.state} if query.state else {})
            headers["Link"] = f'<?{urlencode(asked)}>; rel="next"'
        return json_answer({"reports": page.reports, "next": page.next}, headers=headers)

    def show(self, report: Report) -> Snapshot:
        """Return what the caller sees of a report, with a fresh link where it has ended."""
        return snapshot(report, self.link_to(report), self.clock())

    def _submitted(self, ask: Ask, report_id: str, headers: Mapping[str, str]) -> HttpAnswer:
        ask.request.read_query(Nothing)
        request = GenerateReport(report_id=report_id, **msgspec.structs.asdict(order(ask)))
        submitted = self.submission.submit(ask.caller, request, ask.now)
        report = submitted.report
        report, granted_s = self.waiting.until(ask.patience, report, _has_ended, self._again(ask, report))
        shown = self.show(report)
        status = HTTPStatus.CREATED if submitted.is_new else HTTPStatus.OK
        return json_answer(shown, status, {**_headers(shown), **granted(ask, granted_s), **headers})

    def _own(self, ask: Ask) -> Report:
        return self.reading.own(ask.caller, known_id(ask), ask.now)

    def _again(self, ask: Ask, report: Report) -> Callable[[], Report]:
        return lambda: self.reading.own(ask.caller, report.report_id, self.clock())


def is_news(report: Report, known_revision: int, waited_s: float) -> bool:
    """Return whether a report is news, after so many seconds, to a client that knows a revision of it."""
    is_newer = report.revision > known_revision
    return is_newer and (report.state_revision > known_revision or waited_s >= NEWS_AFTER_S)


def _has_ended(report: Report, _waited_s: float) -> bool:
    return is_terminal(report.state)


def _headers(shown: Snapshot) -> dict[str, str]:
    retry = {} if shown.retry_after is None else {"Retry-After": str(shown.retry_after)}
    return {"ETag": tag_of(shown), **retry}
