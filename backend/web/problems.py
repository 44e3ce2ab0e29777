"""Errors as problem documents.

resources ── `Problem`, `RefusedRequest` ──▶ **problem** ──▶ `HttpAnswer`

Source: https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from backend.protocol.bodies import ProblemDetails
from backend.protocol.messages import ErrorCode, ErrorInfo
from backend.web.answers import HttpAnswer

RETRY_AFTER_S = 5
"""When to ask again where nothing better is known."""
STATUSES: Mapping[str, HTTPStatus] = {
    ErrorCode.INVALID_MESSAGE: HTTPStatus.BAD_REQUEST,
    ErrorCode.INVALID_PARAMETERS: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.UNKNOWN_DEFINITION: HTTPStatus.UNPROCESSABLE_ENTITY,
    ErrorCode.REPORT_ID_CONFLICT: HTTPStatus.CONFLICT,
    ErrorCode.TOO_MANY_REPORTS: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.NOT_FINISHED: HTTPStatus.CONFLICT,
    ErrorCode.NO_FILE: HTTPStatus.CONFLICT,
    ErrorCode.FILE_EXPIRED: HTTPStatus.GONE,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The status of each error that the door may answer."""
_REPEATABLE = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class Problem(Exception):
    """A request that HTTP itself refuses, or that has a status of its own."""

    def __init__(
        self, status: HTTPStatus, code: ErrorCode, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.error = ErrorInfo(code=code, message=detail)
        self.headers = dict(headers or {})


def problem(error: ErrorInfo, status: HTTPStatus | None = None, headers: Mapping[str, str] | None = None) -> HttpAnswer:
    """Return the problem document of an error."""
    status = status or STATUSES[error.code]
    document = ProblemDetails(
        type="about:blank",
        title=status.phrase,
        status=status.value,
        detail=error.message,
        code=error.code,
        fields=error.fields or None,
    )
    retry = {"Retry-After": str(error.retry_after or RETRY_AFTER_S)} if status in _REPEATABLE else {}
    content_type = {"Content-Type": "application/problem+json"}
    return HttpAnswer(status, msgspec.json.encode(document), {**content_type, **retry, **(headers or {})})
