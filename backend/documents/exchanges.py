"""Requests and their answers, one of each kind.

examples ──▶ **exchanges** ──▶ OpenAPI, AsyncAPI, README

Tests bring the service into the situation that an exchange begins in, send the request, and compare the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from backend.documents.examples import ORDER
from backend.protocol.messages import ServiceMessage

Situation = Literal[
    "nothing", "queued", "running", "succeeded", "failed", "expired", "full", "busy", "unreachable", "broken"
]
"""What there is of the report beforehand; `full`: as many are under way as may be; `busy`: as many were sent."""

WRONG_ORDER = {**ORDER, "parameters": {"delay": -1}, "formatOptions": {"delimiter": "dot"}}
WRONG_FIELDS = {
    "parameters.delay": "must be a whole number from 0 to 840,000",
    "formatOptions.delimiter": "must be one of comma, semicolon, tab, bar",
}
WRONG_SENTENCE = (
    "Some parameters are wrong: delay must be a whole number from 0 to 840,000; "
    "formatOptions.delimiter must be one of comma, semicolon, tab, bar."
)


def built(value: object) -> Any:  # noqa: ANN401  whatever JSON there is
    """Return a value as the JSON document that it is on the wire."""
    return msgspec.json.decode(msgspec.json.encode(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpExchange:
    """A request to the HTTP door, and its answer."""

    operation: str
    name: str
    situation: Situation
    path: str
    """With the query."""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    is_signed: bool = True
    status: int
    answer: Any = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketExchange:
    """A request over the WebSocket, and its answer."""

    action: str
    name: str
    situation: Situation
    request: Any
    answer: ServiceMessage
