"""A request over HTTP on its way to its resource: who asks, how often, for what; what goes wrong is a problem document.

http_router, events, synchronous ── `HttpRequest` ──▶ **Door** ──▶ resources ──▶ `HttpAnswer`
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from backend.domain.caller import NoIdentity
from backend.protocol.bodies import GatewayMessage
from backend.protocol.messages import ErrorCode
from backend.protocol.refusals import RefusedRequest, internal
from backend.protocol.resources import allowed
from backend.service.identification import identified
from backend.service.ports import Clock, StoreUnavailable
from backend.service.rates import Rates
from backend.web.answers import HttpAnswer, json_answer
from backend.web.asking import Ask, Handle
from backend.web.problems import Problem, problem
from backend.web.requests import HttpRequest

log = logging.getLogger(__name__)

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The resources behind a door, and what comes before them."""

    handles: Mapping[tuple[str, str], Handle]
    """By method and resource."""
    rates: Rates
    clock: Clock
    access_key_is_identity: bool
    public: Mapping[str, Callable[[HttpRequest], HttpAnswer]] = field(default_factory=dict)
    """Resources for everybody, signed in or not."""

    def answer(self, request: HttpRequest, event: Event, remaining_s: float) -> HttpAnswer:
        """Answer one request, for which the function has so many seconds. Never raises."""
        try:
            answer = self._answer(request, event, remaining_s)
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
        return answer

    def _answer(self, request: HttpRequest, event: Event, remaining_s: float) -> HttpAnswer:
        methods = allowed(request.resource)
        if request.method not in methods:
            reason = f"There is no {request.method} here: there is {', '.join(methods)}."
            allow = {"Allow": ", ".join(methods)}
            raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, ErrorCode.INVALID_MESSAGE, reason, allow)
        if request.resource in self.public:
            return self.public[request.resource](request)
        try:
            extra = {"resource": request.resource}
            sign_in = identified(event, access_key_is_identity=self.access_key_is_identity, extra=extra)
        except NoIdentity as error:
            message = str(error) or "Forbidden"  # as API Gateway says it
            return json_answer(GatewayMessage(message=message), HTTPStatus.FORBIDDEN)
        now = self.clock()
        self.rates.check_message(sign_in.owner, now)
        ask = Ask(request=request, caller=sign_in.caller(), now=now, remaining_s=remaining_s)
        method = "GET" if request.method == "HEAD" else request.method
        return self.handles[method, request.resource](ask)
