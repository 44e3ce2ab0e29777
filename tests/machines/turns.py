"""Several calls in progress at once, one moving at a time, each standing still at every call of a port.

machine ── `resume(order)` ──▶ **Task** (a thread) ──▶ use case ──▶ port ── `call` ──▶ stands still until resumed

Control is handed from thread to thread, so an order of steps happens again exactly as it did.
"""

from _thread import start_new_thread
from collections.abc import Callable
from enum import Enum, auto
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class Order(Enum):
    """What becomes of the port call a task stands at."""

    GO = auto()
    FAIL = auto()
    """The call fails and nothing is done."""
    FAIL_AFTER = auto()
    """It is done, and the answer is lost."""
    CRASH = auto()
    """The process ends here: nothing is done, then or later."""


class Crashed(BaseException):
    """Ends a task's thread; no handler of the service may catch it."""


class Task:
    """One call in progress."""

    def __init__(self, turns: "Turns", run: Callable[[], None]) -> None:
        self.is_done = False
        self.is_crashed = False
        self.error: BaseException | None = None
        self._turns = turns
        self._run = run
        self._order = Order.GO
        self._mine, self._back = Lock(), Lock()
        self._mine.acquire()
        self._back.acquire()
        self._is_begun = False

    def resume(self, order: Order = Order.GO) -> None:
        """Let the task move to its next port call, or to its end."""
        assert not self.is_done
        self._order = order
        self.is_crashed = order is Order.CRASH
        if not self._is_begun and self.is_crashed:
            self.is_done = True
            return
        self._turns.current = self
        if self._is_begun:
            self._mine.release()
        else:
            self._is_begun = True
            start_new_thread(self._main, ())
        self._back.acquire()
        self._turns.current = None

    def stand(self) -> Order:
        """Wait, in the task's own thread, for the next order."""
        if not self.is_crashed:
            self._back.release()
            self._mine.acquire()
        if self.is_crashed:
            raise Crashed
        return self._order

    def _main(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001  whoever resumed it decides
            self.error = error
        self.is_done = True
        self._back.release()


class Turns:
    """Knows whose turn it is."""

    def __init__(self) -> None:
        self.current: Task | None = None
        """None: the machine itself, which nothing stops."""

    def call(self, act: Callable[[], T], fail: Callable[[], T]) -> T:
        """Do what the port does, or what it does when it fails, as the task is ordered; `fail` may raise."""
        order = self.current.stand() if self.current is not None else Order.GO
        if order is Order.FAIL:
            return fail()
        done = act()
        return fail() if order is Order.FAIL_AFTER else done
