"""Refusals of requests, with the words and the length that fit any answer.

codec, use cases ── `RefusedRequest` ──▶ answering ──▶ `ErrorMessage`
"""

from backend.protocol.messages import ErrorCode, ErrorInfo

LONGEST_REASON = 300


class RefusedRequest(Exception):
    """A request the service will not carry out: what is wrong with it, and which request it was."""

    def __init__(self, error: ErrorInfo, request_id: str | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.request_id = request_id


def refused(code: ErrorCode, message: str, fields: dict[str, str] | None = None) -> RefusedRequest:
    """Return the refusal of a request that cannot be carried out."""
    return RefusedRequest(ErrorInfo(code=code, message=message, fields=fields))


def invalid(message: str, request_id: str | None = None) -> RefusedRequest:
    """Return the refusal of a message that is not well formed."""
    error = ErrorInfo(code=ErrorCode.INVALID_MESSAGE, message=cut(message, LONGEST_REASON))
    return RefusedRequest(error, request_id)


def internal(message: str) -> ErrorInfo:
    """Return the error of a request that was not at fault."""
    return ErrorInfo(code=ErrorCode.INTERNAL, message=message)


def cut(text: str, longest: int) -> str:
    """Keep what a client sent to a length that fits any answer."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
