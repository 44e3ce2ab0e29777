"""One request of a known caller, with what every resource needs to answer it.

http_router ──▶ **Ask** ──▶ reports, changes, catalog
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backend.domain.caller import Caller
from backend.service.waiting import Patience
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
