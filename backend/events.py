"""Entry point of reports as Server-Sent Events: one request, one listener, one report.

REST API ── event ──▶ bootstrap ──▶ **handler** ──▶ web ──▶ listening ── pieces ──▶ bootstrap ──▶ client

Runs under `backend.streaming.bootstrap`, as Lambda's own runtime for Python does not stream. Nobody tells the function
that its client has gone: it ends with its report, or after fourteen minutes.
"""

from functools import cache
from itertools import chain
from typing import Any

from backend.streaming.answer import StreamedAnswer
from backend.web.door import Door, Event
from backend.web.requests import HttpRequest
from backend.wiring import is_in_lambda


def handler(event: Event, context: Any) -> StreamedAnswer:  # noqa: ANN401  the bootstrap's, as Lambda's is
    """Answer one request to the REST API."""
    return respond(event, _deployed(), context.get_remaining_time_in_millis() / 1000)


def respond(event: Event, door: Door, remaining_s: float) -> StreamedAnswer:
    """Answer one request, for which the function has so many seconds."""
    request = HttpRequest.of_rest(event)
    answer = door.answer(request, event, remaining_s)
    body = b"" if request.method == "HEAD" else answer.body
    return StreamedAnswer(answer.status.value, answer.all_headers, chain((body,), answer.pieces))


@cache
def _deployed() -> Door:
    """Compose what the resource works with, once a process."""
    from backend.wiring import for_events  # noqa: PLC0415  who imports this module for a name needs no AWS

    return for_events.deployed()


if is_in_lambda():
    _deployed()
