"""Requests carried out: a frame in, the messages of its answer out.

router ── frame, caller ──▶ **answer** ──▶ submission, reading, cancelling, catalog ──▶ messages
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from msgspec import UNSET
from msgspec.structs import replace

from backend.domain.caller import Caller
from backend.domain.report import Report, snapshot
from backend.protocol import quotas
from backend.protocol.codec import decode_request, encode, pages
from backend.protocol.messages import (
    CancelReport,
    DescribeCatalog,
    ErrorMessage,
    GenerateReport,
    ListReports,
    Ping,
    PongMessage,
    ReportMessage,
    ReportsMessage,
    Request,
    ServiceMessage,
    Snapshot,
    WatchReports,
)
from backend.protocol.refusals import RefusedRequest, internal
from backend.service.cancelling import Cancelling
from backend.service.links import LinkTo
from backend.service.paging import Paging
from backend.service.ports import Clock
from backend.service.rates import Rates
from backend.service.reading import Reading
from backend.service.submission import Submission

log = logging.getLogger(__name__)

Identify = Callable[[datetime], Caller]
"""Return who asks, at that time. Raises `RefusedRequest` where nobody is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Answers requests, however they came."""

    submission: Submission
    reading: Reading
    cancelling: Cancelling
    paging: Paging
    link_to: LinkTo
    rates: Rates
    clock: Clock

    def answer(self, frame: str, identify: Identify) -> tuple[ServiceMessage, ...]:
        """Carry out a request, whatever it is; a refusal is an answer too. Never raises."""
        request_id = None
        messages: tuple[ServiceMessage, ...]
        now = self.clock()
        try:
            request = self._read(frame, identify, now)
            request_id = request.request_id
            messages = tuple(self._carry_out(request, self._admitted(identify, now), now))
        except RefusedRequest as refused:
            request_id = request_id or refused.request_id
            messages = (ErrorMessage(error=refused.error),)
        except Exception:  # every request is answered, and no fault's own words reach a client
            log.exception("request failed", extra={"requestId": request_id})
            messages = (ErrorMessage(error=internal("Something went wrong in the service. Try again.")),)
        answered = UNSET if request_id is None else request_id
        return tuple(_small_enough(replace(message, request_id=answered)) for message in messages)

    def _read(self, frame: str, identify: Identify, now: datetime) -> Request:
        """Return the request; a frame that is none counts as a message all the same."""
        try:
            return decode_request(frame)
        except RefusedRequest:
            self._admitted(identify, now)
            raise

    def _admitted(self, identify: Identify, now: datetime) -> Caller:
        caller = identify(now)
        self.rates.check_message(caller.owner, now)
        return caller

    def _carry_out(self, request: Request, caller: Caller, now: datetime) -> Iterator[ServiceMessage]:
        match request.data:
            case GenerateReport() as data:
                yield self._report(self.submission.submit(caller, data, now).report)
            case WatchReports(report_ids=report_ids):
                found, missing = self.reading.watch(caller, report_ids, now)
                yield from _reports([self._snapshot(report) for report in found], missing)
            case CancelReport(report_id=report_id):
                yield self._report(self.cancelling.cancel(caller, report_id, now))
            case ListReports() as data:
                yield self.paging.reports(caller, data, now, self._snapshot)
            case DescribeCatalog(after=after):
                yield self.paging.catalog_page(caller, after, now)
            case Ping():
                yield PongMessage()
            case _:
                assert_never(request.data)

    def _report(self, report: Report) -> ReportMessage:
        return ReportMessage(report=self._snapshot(report))

    def _snapshot(self, report: Report) -> Snapshot:
        return snapshot(report, self.link_to(report), self.clock())


def _reports(snapshots: list[Snapshot], missing: tuple[str, ...]) -> Iterator[ServiceMessage]:
    """Yield one answer, or several where one would be too large."""
    *full, last = pages(snapshots)
    for page in full:
        yield ReportsMessage(reports=page, more=True)
    yield ReportsMessage(reports=last, missing=missing)


def _small_enough(message: ServiceMessage) -> ServiceMessage:
    """Return the message, or an error in the place of one that may cost the connection."""
    size_bytes = len(encode(message))
    if size_bytes <= quotas.FRAME_SIZE_BYTES:
        return message
    log.error("answer too large", extra={"type": type(message).__name__, "sizeBytes": size_bytes})
    return ErrorMessage(error=internal("The answer is too large to be sent."), request_id=message.request_id)
