"""One request of a known caller, with what every resource needs to answer it.

door ──▶ **Ask** ──▶ reports, changes, catalog, events, synchronous
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backend.domain.caller import Caller
from backend.protocol.codec import in_full
from backend.protocol.members import InvalidMembers, read_data
from backend.protocol.messages import CancelReport, ErrorCode, ReportOrder
from backend.protocol.refusals import RefusedRequest, refused_fields
from backend.service.following.waiting import Patience
from backend.service.reading import not_found
from backend.web.answers import HttpAnswer
from backend.web.conditions import wait_s
from backend.web.requests import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request, who asks, and when."""

    request: HttpRequest
    caller: Caller
    now: datetime
    remaining_s: float
    """The time that the function has left."""

    @property
    def patience(self) -> Patience:
        """How long the client is ready to wait."""
        return Patience(wait_s(self.request.headers.get("prefer", "")), self.remaining_s)

    @property
    def if_none_match(self) -> str:
        """The tags of what the client has."""
        return self.request.headers.get("if-none-match", "")


Handle = Callable[[Ask], HttpAnswer]
"""Answer a request. Raises `RefusedRequest` and `Problem`."""


def granted(ask: Ask, granted_s: int) -> dict[str, str]:
    """Return the header that tells a client how long it could have waited, if it asked for that."""
    return {"Preference-Applied": f"wait={granted_s}"} if ask.patience.asked_s else {}


def known_id(ask: Ask) -> str:
    """Return the id in the path. What is no id names nothing: raises `RefusedRequest`."""
    try:
        return new_id(ask)
    except RefusedRequest as error:
        raise not_found() from error


def new_id(ask: Ask) -> str:
    """Return the id in the path, for a report that need not exist. Raises `RefusedRequest`."""
    try:
        return read_data(CancelReport, ask.request.path).report_id
    except InvalidMembers as error:
        raise refused_fields(ErrorCode.INVALID_MESSAGE, "path", error.fields) from error


def order(ask: Ask) -> ReportOrder:
    """Return the report that the body asks for. Raises `RefusedRequest` and `Problem`."""
    try:
        return read_data(ReportOrder, in_full(ask.request.members()))
    except InvalidMembers as error:
        raise refused_fields(ErrorCode.INVALID_MESSAGE, "body", error.fields) from error
