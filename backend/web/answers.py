"""Answers of the HTTP door.

resources, problems ──▶ **HttpAnswer** ──▶ http_router, events, synchronous
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec

EVERY = {"Cache-Control": "private, no-store", "Vary": "Prefer"}
"""Headers of every answer, unless it says otherwise: it may hold a link."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A status, a body in UTF-8 and headers."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Iterable[bytes] = ()
    """What follows the body, as it comes: of a stream alone."""

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, with those that every answer has."""
        return {**EVERY, **self.headers}

    def to_event(self, *, has_body: bool) -> dict[str, Any]:
        """Return what API Gateway makes the answer from; without the body for HEAD."""
        return {
            "statusCode": self.status.value,
            "headers": self.all_headers,
            "body": self.body.decode() if has_body else "",
        }


def json_answer(
    value: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> HttpAnswer:
    """Return an answer with a JSON document."""
    return HttpAnswer(status, msgspec.json.encode(value), {"Content-Type": "application/json", **(headers or {})})


def cached(body: bytes, if_none_match: str, headers: Mapping[str, str]) -> HttpAnswer:
    """Return a document that may be kept, or that it is still the same one."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**headers, "ETag": tag}
    if tag in if_none_match or if_none_match.strip() == "*":
        return HttpAnswer(HTTPStatus.NOT_MODIFIED, headers=headers)
    return HttpAnswer(HTTPStatus.OK, body, {"Content-Type": "application/json", **headers})
