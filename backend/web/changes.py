"""News of many reports in one answer: what the fallback of the window asks for, again and again.

http_router ── `Ask` ──▶ **Changes** ──▶ news, waiting ──▶ `HttpAnswer`
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from backend.domain.report import Report, pace_s
from backend.protocol import quotas
from backend.protocol.bodies import ChangedReports
from backend.protocol.codec import pages
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import Data, ErrorCode, Snapshot
from backend.protocol.refusals import RefusedRequest, refused_fields
from backend.service.following.news import News
from backend.service.following.waiting import Waiting
from backend.service.ports import Clock
from backend.web.answers import HttpAnswer, json_answer
from backend.web.asking import Ask, granted
from backend.web.reports import is_news

WATCHED = re.compile(r"([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\.([0-9]{1,15})")
MEANING = f"at most {quotas.REPORT_IDS_PER_WATCH} of ID.REVISION, with ~ between them"
Found = tuple[tuple[Report, ...], tuple[str, ...]]
"""Reports, and ids that are missing."""


class ChangesQuery(Data, frozen=True, kw_only=True):
    """The query of changes."""

    watch: Annotated[str, Meta(min_length=1, description=MEANING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The resource `/changes`."""

    news: News
    waiting: Waiting
    show: Callable[[Report], Snapshot]
    clock: Clock

    def get(self, ask: Ask) -> HttpAnswer:
        """Return what is other than the client has it, now or when there is news; what does not fit comes next time."""
        known = _watched(ask.request.read_query(ChangesQuery).watch)

        def read() -> Found:
            return self.news.of(ask.caller, known, self.clock())

        def is_enough(found: Found, waited_s: float) -> bool:
            reports, missing = found
            is_open = any(not is_terminal(report.state) for report in reports)
            has_news = any(is_news(report, known[report.report_id], waited_s) for report in reports)
            return bool(missing) or has_news or not is_open

        (reports, missing), granted_s = self.waiting.until(ask.patience, read(), is_enough, read)
        newer = [self.show(report) for report in reports if report.revision != known[report.report_id]]
        first, *more = pages(sorted(newer, key=lambda each: not is_terminal(each.state)))
        now = self.clock()
        paces = (pace_s(report, now) for report in reports if not is_terminal(report.state))
        pace = 1 if more else min(paces, default=None)
        retry = {} if pace is None else {"Retry-After": str(pace)}
        document = ChangedReports(reports=first, missing=missing, retry_after=pace)
        return json_answer(document, headers={**retry, **granted(ask, granted_s)})


def _watched(text: str) -> Mapping[str, int]:
    """Return the revision that a client has of each report, by id; of two of one id the latest."""
    known: dict[str, int] = {}
    for each in text.split("~"):
        found = WATCHED.fullmatch(each)
        if found is None:
            raise _no_watch()
        report_id = found[1].lower()
        known[report_id] = max(known.get(report_id, 0), int(found[2]))
    if len(known) > quotas.REPORT_IDS_PER_WATCH:
        raise _no_watch()
    return known


def _no_watch() -> RefusedRequest:
    return refused_fields(ErrorCode.INVALID_MESSAGE, "query", {"watch": f"must be {MEANING}"})
