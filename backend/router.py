"""Entry point of every route of the WebSocket API: one function per kind of event, all thin.

API Gateway ── event ──▶ **handler** ──▶ answering ──▶ answer, posted to the connection

Every answer is a push: API Gateway drops what a route returns. Nothing is posted on `$connect`: the connection opens
only after that has returned.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from backend.domain import counters
from backend.domain.caller import Caller, NoIdentity
from backend.protocol.codec import encode
from backend.protocol.messages import ErrorCode
from backend.protocol.refusals import refused
from backend.service.announcing import post
from backend.service.identification import identified
from backend.wiring import is_in_lambda

if TYPE_CHECKING:
    from backend.wiring.for_router import Router

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
Response = dict[str, int]

ANSWER_DELAYS_S = (0.2, 0.4, 0.8)
"""Waits between attempts to deliver an answer; the client asks again for what it never hears."""

ACCEPTED = {"statusCode": 200}
REFUSED = {"statusCode": 401}
NOT_OF_THE_SOCKET = {"statusCode": 426}
"""Upgrade required: a proxy on the way has taken that out of the request."""


def handler(event: Event, _context: object) -> Response:
    """Carry out one event of the WebSocket API."""
    return route(event, _deployed())


def route(event: Event, router: "Router") -> Response:
    """Carry out one event and return the status for API Gateway."""
    match event["requestContext"].get("eventType"):  # not the route's key, which a message's action may spell
        case "CONNECT":
            return connect(event, router)
        case "DISCONNECT":
            return disconnect(event, router)
        case "MESSAGE":
            return receive(event, router)
        case event_type:
            log.warning("not an event of the WebSocket API", extra={"eventType": event_type})
            return NOT_OF_THE_SOCKET


def connect(event: Event, router: "Router") -> Response:
    """Remember who opened the connection; refuse it if nobody knows."""
    connection_id = event["requestContext"]["connectionId"]
    extra = {"connectionId": connection_id}
    try:
        sign_in = identified(event, access_key_is_identity=router.access_key_is_identity, extra=extra)
    except NoIdentity:
        return REFUSED
    router.connections.put(connection_id, sign_in, router.clock())
    log.info("connected", extra={**extra, "owner": sign_in.owner, counters.CONNECTIONS_OPENED: 1})
    return ACCEPTED


def disconnect(event: Event, router: "Router") -> Response:
    """Forget the connection. Its reports go on; a push that finds nobody removes the watcher."""
    connection_id = event["requestContext"]["connectionId"]
    router.connections.delete(connection_id)
    log.info("disconnected", extra={"connectionId": connection_id})
    return ACCEPTED


def receive(event: Event, router: "Router") -> Response:
    """Carry out a request and post its answer to the connection it came on."""
    connection_id = event["requestContext"]["connectionId"]

    def identify(now: datetime) -> Caller:
        sign_in = router.connections.renew(connection_id, now)
        if sign_in is None:
            raise refused(ErrorCode.UNKNOWN_CONNECTION, "The service no longer knows this connection. Connect again.")
        if sign_in.valid_until and sign_in.valid_until <= now:
            raise refused(ErrorCode.SIGN_IN_ENDED, "The sign-in has ended. Connect again with a newer token.")
        return sign_in.caller(connection_id)

    for message in router.answering.answer(event.get("body") or "", identify):
        deliveries = post(router.push, router.sleep, [connection_id], encode(message), ANSWER_DELAYS_S)
        log.info("answered", extra={"connectionId": connection_id, "delivery": deliveries[connection_id].name})
    return ACCEPTED


@cache
def _deployed() -> "Router":
    """Compose what the routes work with, once a process."""
    from backend.wiring import for_router  # noqa: PLC0415  who imports this module for a name needs no AWS

    return for_router.deployed()


if is_in_lambda():
    _deployed()
