"""Entry point of the HTTP door: plain HTTPS beside the WebSocket, for whoever cannot open one or need not.

HTTP API ── event ──▶ **handler** ──▶ web ──▶ the same use cases as the WebSocket's ──▶ answer

A request is of whoever signed it, and API Gateway has checked the signature. What is not understood is refused before
anything is read; whatever goes wrong is answered as a problem document.
"""

import logging
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from backend.domain.caller import Caller, NoIdentity, owner_of
from backend.protocol.bodies import GatewayMessage
from backend.protocol.messages import ErrorCode
from backend.protocol.refusals import RefusedRequest, internal
from backend.protocol.resources import DOCUMENTS, allowed
from backend.service.ports import StoreUnavailable
from backend.web.answers import HttpAnswer, json_answer
from backend.web.asking import Ask
from backend.web.catalog import document
from backend.web.problems import Problem, problem
from backend.web.requests import HttpRequest
from backend.wiring import is_in_lambda

if TYPE_CHECKING:
    from backend.wiring.for_http_router import HttpDoor

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
Response = dict[str, Any]


def handler(event: Event, context: Any) -> Response:  # noqa: ANN401  Lambda's context has no public type
    """Answer one request to the HTTP API."""
    return respond(event, _deployed(), context.get_remaining_time_in_millis() / 1000)


def respond(event: Event, door: "HttpDoor", remaining_s: float) -> Response:
    """Answer one request, for which the function has so many seconds. Never raises."""
    request = HttpRequest.of(event)
    try:
        answer = _answer(request, event, door, remaining_s)
    except RefusedRequest as refused:
        answer = problem(refused.error)
    except Problem as refused:
        answer = problem(refused.error, refused.status, refused.headers)
    except StoreUnavailable:
        log.exception("request failed", extra={"resource": request.resource})
        answer = problem(internal("The service cannot reach its data. Try again."), HTTPStatus.SERVICE_UNAVAILABLE)
    except Exception:  # every request is answered, and no fault's own words reach a client
        log.exception("request failed", extra={"resource": request.resource})
        answer = problem(internal("Something went wrong in the service. Try again."))
    extra = {"method": request.method, "resource": request.resource, "status": answer.status.value}
    log.info("answered", extra={**extra, "reportId": request.path.get("reportId")})
    return answer.to_event(has_body=request.method != "HEAD")


def _answer(request: HttpRequest, event: Event, door: "HttpDoor", remaining_s: float) -> HttpAnswer:
    methods = allowed(request.resource)
    if request.method not in methods:
        reason = f"There is no {request.method} here: there is {', '.join(methods)}."
        allow = {"Allow": ", ".join(methods)}
        raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, ErrorCode.INVALID_MESSAGE, reason, allow)
    if request.resource in DOCUMENTS:
        return document(request)
    try:
        owner = owner_of(event, access_key_is_identity=door.access_key_is_identity)
    except NoIdentity:
        log.warning("request of nobody refused", extra={"resource": request.resource})
        return json_answer(GatewayMessage(message="Forbidden"), HTTPStatus.FORBIDDEN)  # as API Gateway says it
    now = door.clock()
    door.rates.check_message(owner, now)
    ask = Ask(request=request, caller=Caller(owner), now=now, remaining_s=remaining_s)
    method = "GET" if request.method == "HEAD" else request.method
    return door.handles[method, request.resource](ask)


@cache
def _deployed() -> "HttpDoor":
    """Compose what the resources work with, once a process."""
    from backend.wiring import for_http_router  # noqa: PLC0415  who imports this module for a name needs no AWS

    return for_http_router.deployed()


if is_in_lambda():
    _deployed()
