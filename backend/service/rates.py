"""How often one person may ask: counted per owner, so that a noisy one takes nothing from the others.

router, submission ──▶ **Rates** ──▶ counter, one write a request

API Gateway's throttles are per route, for all analysts together. A window is a counter of its own, which goes away by
itself; at its turn up to twice as many may pass within its length.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend.protocol.codec import RefusedRequest
from backend.protocol.messages import ErrorCode, ErrorInfo
from backend.service.ports import Clock, Counter, StoreUnavailable

log = logging.getLogger(__name__)

MESSAGES_WINDOW = timedelta(seconds=10)
SUBMISSIONS_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The limits of one owner."""

    count: Counter
    clock: Clock
    messages_per_second: int
    submissions_per_minute: int

    def check_message(self, owner: str) -> None:
        """Count a message.

        Raises:
            RefusedRequest: `tooManyRequests`.
        """
        most = int(self.messages_per_second * MESSAGES_WINDOW.total_seconds())
        self._check("messages", owner, MESSAGES_WINDOW, most, "You are sending too many messages.")

    def check_submission(self, owner: str) -> None:
        """Count a report that is asked for.

        Raises:
            RefusedRequest: `tooManyRequests`.
        """
        most = self.submissions_per_minute
        sentence = f"You have asked for more than {most:,} reports in a minute."
        self._check("submissions", owner, SUBMISSIONS_WINDOW, most, sentence)

    def _check(self, what: str, owner: str, window: timedelta, most: int, sentence: str) -> None:
        now = self.clock()
        number = int(now.timestamp() // window.total_seconds())
        end = datetime.fromtimestamp((number + 1) * window.total_seconds(), UTC)
        key = f"{what}/{hashlib.sha256(owner.encode()).hexdigest()}/{number}"
        try:
            counted = self.count(key, end)
        except StoreUnavailable:
            log.exception("not counted", extra={"what": what})  # a limit is no reason to stop everybody
            return
        if counted > most:
            retry_after_s = max(1, round((end - now).total_seconds()))
            error = ErrorInfo(
                code=ErrorCode.TOO_MANY_REQUESTS,
                message=f"{sentence} Try again in {retry_after_s} s.",
                retry_after=retry_after_s,
            )
            raise RefusedRequest(error)
