"""The progress of a query, which never runs backwards.

engine ──▶ **Stage** ──▶ ticker
"""

from collections.abc import Callable

from backend.protocol.messages import Progress
from backend.service.ports import OnProgress

WHOLE_PERCENT = 100


class Stage:
    """One stage of a query, reported in rows if their number is known, else in percent once there is an estimate.

    DuckDB's estimate stalls and falls back: its maximum counts, and only where the rows cannot be counted.
    """

    def __init__(
        self,
        name: str,
        on_progress: OnProgress,
        *,
        estimate: Callable[[], float] = lambda: 0.0,
        counted: Callable[[], int | None] = lambda: None,
        row_count: int | None = None,
    ) -> None:
        self._name = name
        self._on_progress = on_progress
        self._estimate = estimate
        self._counted = counted
        self._row_count = row_count
        self._percent = 0.0

    def tick(self) -> None:
        """Report the progress of the stage."""
        self._percent = min(max(self._percent, self._estimate()), WHOLE_PERCENT)
        if self._row_count is None:
            completed, total, unit = int(self._percent), WHOLE_PERCENT if self._percent > 0 else None, "%"
        else:
            completed, total, unit = self._rows(self._row_count), self._row_count, "rows"
        self._on_progress(Progress(stage=self._name, completed=completed, total=total, unit=unit))

    def _rows(self, row_count: int) -> int:
        counted = self._counted()
        return int(row_count * self._percent / WHOLE_PERCENT) if counted is None else min(counted, row_count)
