"""Entry point of every route of the WebSocket API: one function per route, all thin.

API Gateway ── event ──▶ **handler** ──▶ use case ──▶ answer, posted to the connection

Every answer is a push: API Gateway drops what a route returns. Nothing is posted on `$connect`: the connection opens
only after that has returned.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from msgspec import UNSET
from msgspec.structs import replace

from backend.domain.caller import Caller, NoIdentity, owner_of
from backend.domain.report import Report, snapshot
from backend.protocol import quotas
from backend.protocol.codec import RefusedRequest, decode_request, encode, invalid, pages
from backend.protocol.messages import (
    CancelReport,
    CatalogMessage,
    DescribeCatalog,
    ErrorCode,
    ErrorInfo,
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
from backend.service.answering import Service
from backend.service.ports import InvalidCursor
from backend.service.posting import post
from backend.wiring import functions

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
Response = dict[str, int]
Answers = Iterator[ServiceMessage]

ANSWER_DELAYS_S = (0.2, 0.4, 0.8)
"""Waits between attempts to deliver an answer; the client asks again for what it never hears."""

ACCEPTED = {"statusCode": 200}
REFUSED = {"statusCode": 401}
NOT_OF_THE_SOCKET = {"statusCode": 403}


def handler(event: Event, _context: object) -> Response:
    """Carry out one event of the WebSocket API."""
    return route(event, functions.service())


def route(event: Event, service: Service) -> Response:
    """Carry out one event and return the status for API Gateway."""
    match event["requestContext"].get("eventType"):  # not the route's key, which a message's action may spell
        case "CONNECT":
            return connect(event, service)
        case "DISCONNECT":
            return disconnect(event, service)
        case "MESSAGE":
            return receive(event, service)
        case event_type:
            log.warning("not an event of the WebSocket API", extra={"eventType": event_type})
            return NOT_OF_THE_SOCKET


def connect(event: Event, service: Service) -> Response:
    """Remember who opened the connection; refuse it if nobody knows."""
    connection_id = event["requestContext"]["connectionId"]
    try:
        owner = owner_of(event, access_key_is_identity=service.access_key_is_identity)
    except NoIdentity:
        log.warning("connection refused", extra={"connectionId": connection_id})
        return REFUSED
    service.connections.put(connection_id, owner, service.clock())
    log.info("connected", extra={"connectionId": connection_id})
    return ACCEPTED


def disconnect(event: Event, service: Service) -> Response:
    """Forget the connection. Its reports go on; a push that finds nobody removes the watcher."""
    connection_id = event["requestContext"]["connectionId"]
    service.connections.delete(connection_id)
    log.info("disconnected", extra={"connectionId": connection_id})
    return ACCEPTED


def receive(event: Event, service: Service) -> Response:
    """Carry out a request and post its answer to the connection it came on."""
    connection_id = event["requestContext"]["connectionId"]
    for message in answer(event.get("body") or "", connection_id, service):
        deliveries = post(service.push, service.sleep, [connection_id], encode(message), ANSWER_DELAYS_S)
        log.info("answered", extra={"connectionId": connection_id, "delivery": deliveries[connection_id].name})
    return ACCEPTED


def answer(frame: str, connection_id: str, service: Service) -> tuple[ServiceMessage, ...]:
    """Carry out a request, whatever it is; a refusal is an answer too."""
    request_id = None
    messages: tuple[ServiceMessage, ...]
    try:
        request = _read(frame, connection_id, service)
        request_id = request.request_id
        messages = tuple(carry_out(request, _caller(connection_id, service), service))
    except RefusedRequest as refused:
        request_id = request_id or refused.request_id
        messages = (ErrorMessage(error=refused.error),)
    except Exception:  # every request is answered, and no fault's own words reach a client
        log.exception("request failed", extra={"connectionId": connection_id})
        messages = (ErrorMessage(error=_internal("Something went wrong in the service. Try again.")),)
    answered = UNSET if request_id is None else request_id
    return tuple(_small_enough(replace(message, request_id=answered)) for message in messages)


def _read(frame: str, connection_id: str, service: Service) -> Request:
    """Return the request; a frame that is none counts as a message all the same."""
    try:
        return decode_request(frame)
    except RefusedRequest:
        _caller(connection_id, service)
        raise


def _small_enough(message: ServiceMessage) -> ServiceMessage:
    """Return the message, or an error in the place of one that API Gateway would not post."""
    size_bytes = len(encode(message))
    if size_bytes <= quotas.MESSAGE_SIZE_BYTES:
        return message
    log.error("answer too large", extra={"type": type(message).__name__, "sizeBytes": size_bytes})
    return ErrorMessage(error=_internal("The answer is too large to be sent."), request_id=message.request_id)


def carry_out(request: Request, caller: Caller, service: Service) -> Answers:
    """Do what the request says."""
    match request.data:
        case GenerateReport() as data:
            yield _report(service, service.submission.submit(caller, data))
        case WatchReports(report_ids=report_ids):
            found, missing = service.reading.watch(caller, report_ids)
            yield from _reports([_snapshot(service, report) for report in found], missing)
        case CancelReport(report_id=report_id):
            yield _report(service, service.reading.cancel(caller, report_id))
        case ListReports() as data:
            yield _list(data, caller, service)
        case DescribeCatalog():
            today = service.clock().date()
            yield CatalogMessage(definitions=tuple(each.info(today) for each in service.catalog.values()))
        case Ping():
            yield PongMessage()
        case _:
            assert_never(request.data)


def _reports(snapshots: list[Snapshot], missing: tuple[str, ...]) -> Answers:
    """Yield one answer, or several where one would be too large."""
    *full, last = pages(snapshots)
    for page in full:
        yield ReportsMessage(reports=page)
    yield ReportsMessage(reports=last, missing=missing)


def _list(data: ListReports, caller: Caller, service: Service) -> ReportsMessage:
    """Answer one page; a shorter one than asked for where that would be too large."""
    try:
        page = service.reading.page(caller, data)
    except InvalidCursor as error:
        raise invalid('"before" must be the "next" of an earlier answer.') from error
    first, *more = pages([_snapshot(service, report) for report in page.reports])
    if more:
        return _list(replace(data, limit=len(first)), caller, service)
    return ReportsMessage(reports=first, next=page.next)


def _caller(connection_id: str, service: Service) -> Caller:
    owner = service.connections.renew(connection_id, service.clock())
    if owner is None:
        raise RefusedRequest(_internal("The service no longer knows this connection. Connect again."))
    service.rates.check_message(owner)
    return Caller(owner, connection_id)


def _report(service: Service, report: Report) -> ReportMessage:
    return ReportMessage(report=_snapshot(service, report))


def _snapshot(service: Service, report: Report) -> Snapshot:
    return snapshot(report, service.link_to(report))


def _internal(message: str) -> ErrorInfo:
    return ErrorInfo(code=ErrorCode.INTERNAL, message=message)
