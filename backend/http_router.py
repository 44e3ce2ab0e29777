"""Entry point of the HTTP door: plain HTTPS beside the WebSocket, for whoever cannot open one or need not.

HTTP API ── event ──▶ **handler** ──▶ web ──▶ the same use cases as the WebSocket's ──▶ answer

A request is of whoever signed it, and API Gateway has checked the signature. What is not understood is refused before
anything is read; whatever goes wrong is answered as a problem document.
"""

from functools import cache
from typing import Any

from backend.web.door import Door, Event
from backend.web.requests import HttpRequest
from backend.wiring import is_in_lambda

Response = dict[str, Any]


def handler(event: Event, context: Any) -> Response:  # noqa: ANN401  Lambda's context has no public type
    """Answer one request to the HTTP API."""
    return respond(event, _deployed(), context.get_remaining_time_in_millis() / 1000)


def respond(event: Event, door: Door, remaining_s: float) -> Response:
    """Answer one request, for which the function has so many seconds."""
    request = HttpRequest.of(event)
    return door.answer(request, event, remaining_s).to_event(has_body=request.method != "HEAD")


@cache
def _deployed() -> Door:
    """Compose what the resources work with, once a process."""
    from backend.wiring import for_http_router  # noqa: PLC0415  who imports this module for a name needs no AWS

    return for_http_router.deployed()


if is_in_lambda():
    _deployed()
