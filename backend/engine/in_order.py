"""What several threads make at once, put in order.

slices ── pieces ──▶ **InOrder** ── the same, slice by slice ──▶ a format's writer
"""

from collections import defaultdict
from collections.abc import Callable, Sized
from threading import Condition
from typing import Generic, TypeVar

from backend.engine.sink import Stopped

MOST_HELD_BYTES = 64 * 1024 * 1024

Piece = TypeVar("Piece", bound=Sized)


class InOrder(Generic[Piece]):
    """Passes on the pieces of the first slice that is not finished, and holds those of later ones.

    Who makes a later one waits while much is held; nobody ever waits who makes the first.
    """

    def __init__(self, append: Callable[[int, Piece], None], *, most_held_bytes: int = MOST_HELD_BYTES) -> None:
        self._append = append
        self._most_held_bytes = most_held_bytes
        self._first = 0
        self._held: defaultdict[int, list[Piece]] = defaultdict(list)
        self._held_bytes = 0
        self._finished: set[int] = set()
        self._is_stopped = False
        self._changed = Condition()

    def put(self, number: int, piece: Piece) -> None:
        """Take a piece of a slice, behind those it has.

        Raises:
            Stopped: Nothing more is wanted.
            Exception: What `append` raised.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._has_room(number))
            if self._is_stopped:
                raise Stopped
            if number == self._first:
                self._append(number, piece)
            else:
                self._held[number].append(piece)
                self._held_bytes += len(piece)

    def finish(self, number: int) -> None:
        """Take note that a slice has no more pieces; pass on what has waited for that."""
        with self._changed:
            self._finished.add(number)
            while self._first in self._finished and not self._is_stopped:
                self._first += 1
                for piece in self._held.pop(self._first, ()):
                    self._held_bytes -= len(piece)
                    self._append(self._first, piece)
            self._changed.notify_all()

    def stop(self) -> None:
        """Take nothing more, and let nobody wait."""
        self._is_stopped = True  # at once, for who has the lock may be writing
        with self._changed:
            self._changed.notify_all()

    def _has_room(self, number: int) -> bool:
        return number == self._first or self._held_bytes < self._most_held_bytes
