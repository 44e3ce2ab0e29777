"""A report as a stream of Server-Sent Events.

door ── `Ask` ──▶ **Events** ──▶ listening ──▶ `HttpAnswer` ── pieces ──▶ client

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

from backend.domain.report import Report, snapshot
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import Nothing
from backend.service.following.listening import Listening
from backend.service.links import LinkTo
from backend.service.ports import Clock
from backend.service.reading import not_found
from backend.web.answers import HttpAnswer
from backend.web.asking import Ask, known_id

log = logging.getLogger(__name__)

RETRY_MS = 2_000
"""How soon a client that lost its stream comes back."""
COMMENT = b":\n\n"
MARGIN_S = 10.0
"""Time kept for ending a stream before the function itself is ended."""
_REVISION = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The resource `/reports/{reportId}/events`."""

    listening: Listening
    link_to: LinkTo
    clock: Clock
    longest_s: int
    """Streams end after so many seconds, with the report or without."""

    def get(self, ask: Ask) -> HttpAnswer:
        """Stream what is newer than the client has; 204 where nothing ever will be, so that it stops asking."""
        ask.request.read_query(Nothing)
        report = self.listening.find(ask.caller, known_id(ask))
        if report is None:
            raise not_found()
        known = _known(ask.request.headers.get("last-event-id", ""), report)
        if is_terminal(report.state) and report.revision == known:
            return HttpAnswer(HTTPStatus.NO_CONTENT)
        stream = {"Content-Type": "text/event-stream"}
        return HttpAnswer(HTTPStatus.OK, headers=stream, pieces=self._pieces(ask, report, known))

    def _pieces(self, ask: Ask, report: Report, known: int) -> Iterator[bytes]:
        yield b"retry: %d\n\n" % RETRY_MS
        longest_s = min(self.longest_s, ask.remaining_s - MARGIN_S)
        for news in self.listening.news(ask.caller, report, known, longest_s):
            yield COMMENT if news is None else self._event(news)
        seconds = round((self.clock() - ask.now).total_seconds())
        log.info("stream ended", extra={"reportId": report.report_id, "seconds": seconds})

    def _event(self, report: Report) -> bytes:
        shown = snapshot(report, self.link_to(report), self.clock())
        return b"event: report\nid: %d\ndata: %b\n\n" % (report.revision, msgspec.json.encode(shown))


def _known(last_event_id: str, report: Report) -> int:
    """Return the revision that the client has; -1 for none, and for one that there is not yet."""
    known = int(last_event_id) if _REVISION.fullmatch(last_event_id) else -1
    return known if known <= report.revision else -1
