"""An action on a thread of its own, so that its caller does not wait for it.

ticker ── report, report, report ──▶ **aside** ── the newest ──▶ announce, one at a time
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Value = TypeVar("Value")


@contextmanager
def aside(act: Callable[[Value], None]) -> Iterator[Callable[[Value], None]]:
    """Yield a function that calls `act` soon, on another thread, with the newest value; at the end wait for that call.

    Only for values that supersede each other: a value that is overtaken while `act` runs is dropped, as is one that
    still waits at the end. Errors of `act` are logged.
    """
    worker = _Newest(act)
    try:
        yield worker.put
    finally:
        worker.close()


class _Newest(Generic[Value]):
    def __init__(self, act: Callable[[Value], None]) -> None:
        self._act = act
        self._waiting: list[Value] = []
        self._is_closed = False
        self._changed = Condition()
        self._thread: Thread | None = None

    def put(self, value: Value) -> None:
        with self._changed:
            self._waiting = [value]
            self._changed.notify()
        if self._thread is None:  # a report that is made within a tick needs none
            self._thread = Thread(target=self._run, name="aside", daemon=True)
            self._thread.start()

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._waiting = []
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while (values := self._taken()) is not None:
            for value in values:
                try:
                    self._act(value)
                except Exception:  # the work that goes on meanwhile must not end for it
                    log.exception("not done aside")

    def _taken(self) -> list[Value] | None:
        """Return what waits, as soon as something does; None in the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            values, self._waiting = self._waiting, []
            return None if self._is_closed else values
