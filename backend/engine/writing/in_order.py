"""Pieces that several threads make at once, passed on in order.

slices ── pieces ──▶ **InOrder** ── the same, slice by slice ──▶ a format's writer
"""

from collections import deque
from collections.abc import Callable, Iterator, Sized
from threading import Condition
from typing import Generic, TypeVar

from backend.engine.budget import MOST_HELD_BYTES
from backend.engine.duck.sink import Stopped

Piece = TypeVar("Piece", bound=Sized)


class InOrder(Generic[Piece]):
    """Passes pieces of the first unfinished slice to `append` at once, and holds those of later slices.

    One thread makes each slice. A thread that makes a later slice waits while `most_held_bytes` are held; the thread
    that makes the first slice, or passes on held pieces, never waits.
    """

    def __init__(self, append: Callable[[int, Piece], None], *, most_held_bytes: int = MOST_HELD_BYTES) -> None:
        self._append = append
        self._most_held_bytes = most_held_bytes
        self._first = 0
        """The slice whose pieces go straight to `append`; pieces of later slices are held."""
        self._held: dict[int, deque[Piece]] = {}
        self._held_bytes = 0
        self._finished: set[int] = set()
        self._is_stopped = False
        self._changed = Condition()

    def put(self, number: int, piece: Piece) -> None:
        """Pass on a piece of a slice, or hold it behind the earlier pieces of that slice.

        Raises:
            Stopped: `stop` was called. Exception: What `append` raised.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._has_room(number))
            if self._is_stopped:
                raise Stopped
            is_held = number != self._first
            if is_held:
                self._held.setdefault(number, deque()).append(piece)
                self._held_bytes += len(piece)
        if not is_held:
            self._append(number, piece)

    def finish(self, number: int) -> None:
        """Mark a slice as complete, and pass on the held pieces that may now follow."""
        with self._changed:
            self._finished.add(number)
            if number != self._first:
                return
        for following, piece in self._released():
            self._append(following, piece)

    def stop(self) -> None:
        """Refuse further pieces, and wake every thread that waits."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def _released(self) -> Iterator[tuple[int, Piece]]:
        """Yield the held pieces of the following slices, up to the first slice that is still being made."""
        while not self._is_stopped:
            with self._changed:
                following = self._first + 1
                held = self._held.get(following)
                if not held:
                    self._first = following
                    self._held.pop(following, None)
                    self._changed.notify_all()
                    if following not in self._finished:
                        return
                    continue
                piece = held.popleft()
                self._held_bytes -= len(piece)
                self._changed.notify_all()
            yield following, piece

    def _has_room(self, number: int) -> bool:
        return number == self._first or self._held_bytes < self._most_held_bytes
