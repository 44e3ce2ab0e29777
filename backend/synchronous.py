"""Entry point of reports in one request: what API Gateway cuts off after 29 s, for the comparison.

REST API ── event ──▶ **handler** ──▶ web ──▶ submission, then the row until it has ended ──▶ answer

The report is like any other: when the gateway has cut the request off it ends all the same, and is found by every other
way.
"""

from functools import cache
from typing import Any

from backend.web.door import Door, Event
from backend.web.requests import HttpRequest
from backend.wiring import is_in_lambda

Response = dict[str, Any]


def handler(event: Event, context: Any) -> Response:  # noqa: ANN401  Lambda's context has no public type
    """Answer one request to the REST API."""
    return respond(event, _deployed(), context.get_remaining_time_in_millis() / 1000)


def respond(event: Event, door: Door, remaining_s: float) -> Response:
    """Answer one request, for which the function has so many seconds."""
    return door.answer(HttpRequest.of_rest(event), event, remaining_s).to_event(has_body=True)


@cache
def _deployed() -> Door:
    """Compose what the resource works with, once a process."""
    from backend.wiring import for_synchronous  # noqa: PLC0415  who imports this module for a name needs no AWS

    return for_synchronous.deployed()


if is_in_lambda():
    _deployed()
