"""Limits on how often one owner may ask, so that a noisy one takes nothing from the others.

router, submission ──▶ **Rates** ──▶ counter, one write a request

API Gateway's throttles are per route, for all analysts together. Each window has a counter, which expires by itself;
across the turn of a window up to twice as many may pass.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.protocol.messages import ErrorCode, ErrorInfo
from backend.protocol.refusals import RefusedRequest
from backend.service.ports import Counter, StoreUnavailable

log = logging.getLogger(__name__)

MESSAGES_WINDOW = timedelta(seconds=10)
SUBMISSIONS_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Limit:
    """At most so many of something in a window."""

    what: str
    window: timedelta
    most: int
    sentence: str
    """The sentence for a caller beyond the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The limits of one owner."""

    count: Counter
    messages_per_second: int
    submissions_per_minute: int

    def check_message(self, owner: str, now: datetime) -> None:
        """Count a message.

        Raises:
            RefusedRequest: `tooManyRequests`.
        """
        most = int(self.messages_per_second * MESSAGES_WINDOW.total_seconds())
        sentence = "You are sending too many messages."
        self._check(owner, _Limit("messages", MESSAGES_WINDOW, most, sentence), now)

    def check_submission(self, owner: str, now: datetime) -> None:
        """Count a report that is asked for.

        Raises:
            RefusedRequest: `tooManyRequests`.
        """
        most = self.submissions_per_minute
        sentence = f"You have asked for more than {most:,} reports in a minute."
        self._check(owner, _Limit("submissions", SUBMISSIONS_WINDOW, most, sentence), now)

    def _check(self, owner: str, limit: _Limit, now: datetime) -> None:
        window_s = limit.window.total_seconds()
        number = int(now.timestamp() // window_s)
        end = datetime.fromtimestamp((number + 1) * window_s, UTC)
        key = f"{limit.what}/{hashlib.sha256(owner.encode()).hexdigest()}/{number}"
        try:
            counted = self.count(key, end)
        except StoreUnavailable:
            log.exception("not counted", extra={"what": limit.what})  # a limit is no reason to stop everybody
            return
        if counted > limit.most:
            retry_after_s = max(1, round((end - now).total_seconds()))
            error = ErrorInfo(
                code=ErrorCode.TOO_MANY_REQUESTS,
                message=f"{limit.sentence} Try again in {retry_after_s} s.",
                retry_after=retry_after_s,
            )
            raise RefusedRequest(error)
