"""Cancels and removals that can be undone for a moment, instead of a question before them.

intent ──▶ **Reversible** ── a moment later ──▶ the session; what is pending ──▶ the list
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from desktop.wording.language import tr_count

CANCEL_GRACE, REMOVE_GRACE = timedelta(seconds=5), timedelta(seconds=10)


class Timer(Protocol):
    """A call that comes later, unless it is cancelled."""

    def cancel(self) -> None:
        """Let it not come."""


CallLater = Callable[[float, Callable[[], None]], Timer]
"""Call a function after so many seconds."""


class Undone(Struct, frozen=True):
    """What undoing brought back: how many reports, and whether they had been removed or were to be cancelled."""

    count: int
    was_removal: bool

    @property
    def sentence(self) -> str:
        """What to show for some seconds."""
        if self.was_removal:
            return tr_count("Brought back 1 report.", "Brought back {count} reports.", self.count)
        return tr_count("1 report goes on.", "{count} reports go on.", self.count)


class _Step(Struct, frozen=True):
    """One thing done that can be undone."""

    report_ids: frozenset[str]
    is_removal: bool
    timer: Timer


class Reversible:
    """The pending cancels, the removed reports, and the way back.

    Args:
        cancel: Asks the service to stop a report.
        forget: Removes a report for good.
        changed: Called when something is pending now, or no more.
        now: Returns the time, aware.
        call_later: Calls a function later.
    """

    def __init__(
        self,
        cancel: Callable[[str], None],
        forget: Callable[[str], None],
        changed: Callable[[], None],
        *,
        now: Callable[[], datetime],
        call_later: CallLater,
    ) -> None:
        self._cancel, self._forget, self._changed = cancel, forget, changed
        self._now, self._call_later = now, call_later
        self._steps: list[_Step] = []
        self.stops_at: Mapping[str, datetime] = MappingProxyType({})
        self.removed: frozenset[str] = frozenset()

    @property
    def can_undo(self) -> bool:
        """Whether there is a way back."""
        return bool(self._steps)

    def cancel(self, at_once: Iterable[str], in_a_moment: Iterable[str]) -> None:
        """Cancel reports: some at once, some, which have run for long, in a moment."""
        for report_id in at_once:
            self._cancel(report_id)
        ids = frozenset(in_a_moment) - self.stops_at.keys()
        if ids:
            end = self._now() + CANCEL_GRACE
            self.stops_at = MappingProxyType({**self.stops_at, **dict.fromkeys(ids, end)})
            self._push(ids, is_removal=False, grace=CANCEL_GRACE)
        self._changed()

    def remove(self, report_ids: Iterable[str]) -> None:
        """Take reports off the list."""
        ids = frozenset(report_ids) - self.removed
        if ids:
            self.removed |= ids
            self._push(ids, is_removal=True, grace=REMOVE_GRACE)
            self._changed()

    def undo(self) -> Undone | None:
        """Undo what was done last, as far as that is still possible."""
        if not self._steps:
            return None
        step = self._steps.pop()
        step.timer.cancel()
        if step.is_removal:
            self.removed -= step.report_ids
        else:
            self._drop_cancels(step.report_ids)
        self._changed()
        return Undone(len(step.report_ids), step.is_removal)

    def bring_back(self, report_ids: Iterable[str]) -> Undone:
        """Have removed reports in the list again, also those of an earlier run."""
        back = self.removed & frozenset(report_ids)
        self.removed -= back
        for step in [each for each in self._steps if each.is_removal and each.report_ids & back]:
            step.timer.cancel()
            self._steps.remove(step)
        self._changed()
        return Undone(len(back), was_removal=True)

    def settle(self) -> None:
        """Do everything that is pending at once: the window closes."""
        for step in tuple(self._steps):
            step.timer.cancel()
            self._finish(step)

    def restore(self, removed: Iterable[str]) -> None:
        """Leave out reports that an earlier run removed."""
        self.removed |= frozenset(removed)

    def _push(self, ids: frozenset[str], *, is_removal: bool, grace: timedelta) -> None:
        def finish() -> None:
            self._finish(step)

        step = _Step(ids, is_removal, self._call_later(grace.total_seconds(), finish))
        self._steps.append(step)

    def _finish(self, step: _Step) -> None:
        if step not in self._steps:
            return
        self._steps.remove(step)
        if not step.is_removal:
            self._drop_cancels(step.report_ids)
        for report_id in step.report_ids:
            (self._forget if step.is_removal else self._cancel)(report_id)
        self._changed()

    def _drop_cancels(self, ids: frozenset[str]) -> None:
        self.stops_at = MappingProxyType({name: at for name, at in self.stops_at.items() if name not in ids})
