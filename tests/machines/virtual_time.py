"""An event loop whose time passes as fast as nothing else is to be done: hours of it in milliseconds."""

import asyncio
from typing import Any

INSTANT_S = 1e-6
"""What each turn of the loop takes at the least, as on any computer: a clock that stands still ends no wait."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks and timers; there are no sockets in it, and no threads."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector: Any = self

    def time(self) -> float:
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        """Be the selector: instead of waiting, let the time pass."""
        assert timeout is not None, "everything waits, and nothing will come"
        self._now += max(INSTANT_S, timeout)
        return []

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        self.run_until_complete(asyncio.sleep(seconds))

    def _process_events(self, event_list: list[Any]) -> None:
        assert not event_list

    def _write_to_self(self) -> None:
        """Nobody waits in `select`."""
