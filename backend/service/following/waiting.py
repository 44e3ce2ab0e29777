"""Holding an answer back until there is news.

web ──▶ **Waiting** ──▶ the row, read again and again

A wait is paid for as long as it lasts, and takes an execution: so few may wait at once, the others are answered now.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from backend.service.ports import Clock, Counter, Sleep, StoreUnavailable

log = logging.getLogger(__name__)

LONGEST_S = 25
MARGIN_S = 2.0
"""Time kept for answering: with the longest wait, a handler is done within 27 s."""
FIRST_PAUSE_S = 0.25
LAST_PAUSE_S = 0.5
"""How late news are at most. One read more each second adds a fiftieth to what a wait costs anyway."""
GROWTH = 1.4
PART_OF_OWNER = 4
"""One caller may have a quarter of the waits."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Patience:
    """Who is ready to wait, for how long, and how long the function has. `asked_s` is None where nobody asked to."""

    owner: str
    asked_s: int | None
    remaining_s: float

    @property
    def most_s(self) -> int:
        """The longest wait that leaves time to answer, in whole seconds; 0 or less for none."""
        return min(self.asked_s or 0, LONGEST_S, int(self.remaining_s - MARGIN_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Waits, as long as few do."""

    count: Counter
    clock: Clock
    sleep: Sleep
    max_waiters: int
    """How many waits may begin within the longest one; of one caller, a part of them."""

    def until(
        self,
        patience: Patience,
        value: Value,
        is_enough: Callable[[Value, float], bool],
        read: Callable[[], Value],
    ) -> tuple[Value, int]:
        """Return a value as soon as it is enough, or what it is at the end; and how many seconds that might have taken.

        `is_enough` is told for how many seconds was waited; `read` returns the value anew. Where too many wait already,
        nobody else does: the value is returned as it is, with 0. A store that does not answer ends the wait.
        """
        most_s = patience.most_s
        if most_s <= 0:
            return value, 0
        if is_enough(value, 0.0):
            return value, most_s
        if not self._has_room(patience.owner):
            return value, 0
        began, pause_s, waited_s = self.clock(), FIRST_PAUSE_S, 0.0
        while waited_s < most_s and not is_enough(value, waited_s):
            pause_s = min(pause_s, most_s - waited_s)
            self.sleep(pause_s)
            # A clock that is set back must not make the wait a longer one.
            waited_s = max(waited_s + pause_s, (self.clock() - began).total_seconds())
            pause_s = min(LAST_PAUSE_S, pause_s * GROWTH)
            try:
                value = read()
            except StoreUnavailable:
                log.exception("wait given up")
                break
        return value, most_s

    def _has_room(self, owner: str) -> bool:
        """Count a wait; return whether it is one of few, and one of fewer of its caller's."""
        number = int(self.clock().timestamp() // LONGEST_S)
        end = datetime.fromtimestamp((number + 1) * LONGEST_S, UTC)
        of_owner = hashlib.sha256(owner.encode()).hexdigest()
        try:
            is_modest = self.count(f"waits/{of_owner}/{number}", end) <= max(1, self.max_waiters // PART_OF_OWNER)
            return is_modest and self.count(f"waits/{number}", end) <= self.max_waiters
        except StoreUnavailable:
            log.exception("wait not counted")
            return False
