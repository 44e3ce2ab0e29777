"""Refusals of requests, with the words and the length that fit any answer.

codec, use cases ── `RefusedRequest` ──▶ answering ──▶ `ErrorMessage`
"""

from collections.abc import Mapping
from itertools import islice

from backend.protocol.messages import ErrorCode, ErrorInfo

PARAMETERS = "parameters."
"""Begins the place of a parameter in `fields`; one may be called `format`, as a member of the request is."""
LONGEST_REASON = 300
LONGEST_NAME = 80
MOST_FAULTS = 10
"""How many faults a refusal names, and how much of a name it repeats: what a client sends must not come back larger."""


class RefusedRequest(Exception):
    """A request the service will not carry out: what is wrong with it, and which request it was."""

    def __init__(self, error: ErrorInfo, request_id: str | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.request_id = request_id


def refused(code: ErrorCode, message: str, fields: dict[str, str] | None = None) -> RefusedRequest:
    """Return the refusal of a request that cannot be carried out."""
    return RefusedRequest(ErrorInfo(code=code, message=message, fields=fields))


def refused_fields(
    code: ErrorCode, what: str, wrong: Mapping[str, str], request_id: str | None = None
) -> RefusedRequest:
    """Return the refusal of a request some of whose fields are wrong: reasons by place, such as `parameters.days`."""
    named = {
        cut(place, LONGEST_NAME): cut(reason, LONGEST_REASON) for place, reason in islice(wrong.items(), MOST_FAULTS)
    }
    more = f"; and {len(wrong) - len(named):,} more" if len(wrong) > len(named) else ""
    sentence = "; ".join(f"{place.removeprefix(PARAMETERS)} {reason}" for place, reason in named.items())
    return RefusedRequest(ErrorInfo(code=code, message=f"{what}: {sentence}{more}.", fields=named), request_id)


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
