"""A query on a distributed engine, from its start, or from where another worker left it, to its end.

engine ── SQL, target ──▶ **Attendance** ── start, look ──▶ cluster
                              └── query, progress ──▶ job ──▶ row

The row comes first: it names the query before it is started, and has each new handle before that is asked by. So a
worker that dies anywhere leaves a query that the next one can go on with, or that never began to run.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random

from msgspec.structs import replace

from backend.domain.report import RemoteQuery
from backend.engine.distributed.cluster import (
    ENDED,
    Cluster,
    ClusterBusy,
    ClusterRefused,
    ClusterSilent,
    Look,
    Phase,
    Reason,
)
from backend.engine.distributed.failures import FAILURES
from backend.engine.distributed.partitions import Layouts
from backend.protocol.messages import Progress
from backend.service.ports import Clock, EngineFailed, Job, Sleep

log = logging.getLogger(__name__)

SLICE_S = 0.25
"""Waits are cut into these, so that a cancel is heard of at the next tick."""
PACES_S = ((30.0, 1.0), (300.0, 2.0))
"""Until an age of the query, the time between two looks; both in seconds."""
LAST_PACE_S = 5.0
BUSY_FOR = timedelta(minutes=30)
"""A query that finds no room for so long is given up."""
LONGEST_WAIT_S = 30.0
"""For room."""
SILENT_FOR = timedelta(seconds=60)
"""An engine that does not answer for so long is given up."""
LONGEST_SILENCE_S = 10.0
"""Between two questions to an engine that does not answer: one that hangs takes some seconds more for each."""

STARTING, NO_ROOM, QUEUED, QUERYING = "starting", "waiting for room", "queued", "querying"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Time, as an attendance needs it."""

    clock: Clock
    sleep: Sleep
    draw: Callable[[], float] = random
    """A number from 0 to 1, so that workers that wait for room do not all come back at once."""


class Attendance:
    """One worker's part in one query."""

    def __init__(
        self, cluster: Cluster, job: Job, query: RemoteQuery, patience: Patience, on_end: Callable[[Look], None]
    ) -> None:
        """`on_end` is called with the last look at the query, before anybody goes on with its rows."""
        self._cluster = cluster
        self._on_end = on_end
        self._job = job
        self._query = query
        self._patience = patience
        self._progress = Progress(stage=STARTING, completed=0, total=None, unit="rows")
        self._failures = 0
        """Answers in a row that were none."""
        self._silent_since: datetime | None = None

    def run(self, sql: str, target: str, layouts: Layouts) -> RemoteQuery:
        """Return the query once its rows are in `target`; of partitioned datasets that it reads it needs the layouts.

        Raises:
            EngineFailed: They will not be there.
            Exception: Whatever the job raised; the query runs on.
        """
        self._keep()
        while not self._query.is_done:
            try:
                self._step(sql, target, layouts)
            except ClusterBusy as error:
                if self._query.handle is None:
                    self._wait_for_room()
                else:
                    self._wait_for_answer(error)
            except ClusterSilent as error:
                self._wait_for_answer(error)
            except ClusterRefused as error:
                raise EngineFailed(FAILURES[error.reason]) from error
        return self._query

    def _step(self, sql: str, target: str, layouts: Layouts) -> None:
        if self._query.handle is None:
            for dataset, layout in layouts.items():
                self._cluster.enter_partitions(dataset, layout, self._keep)
            handle = self._cluster.start(sql, target, self._query.token)
            self._note(replace(self._query, handle=handle))
            return
        look = self._cluster.look(self._query.handle)
        if look.reason is Reason.BUSY:
            self._note(replace(self._query, handle=None))
            raise ClusterBusy
        if look.phase in ENDED:
            self._on_end(look)
        if look.reason is not None:
            raise EngineFailed(FAILURES[look.reason])
        self._failures = 0
        self._advance(look)
        is_done = look.phase is Phase.SUCCEEDED
        self._note(replace(self._query, handle=look.handle, is_done=is_done, scanned_bytes=look.scanned_bytes))
        if look.phase not in ENDED:
            self._wait(self._pace_s())

    def _note(self, query: RemoteQuery) -> None:
        self._query, self._silent_since = query, None
        self._keep()

    def _keep(self) -> None:
        """Record the query, however often that takes: nobody may be asked by a handle that is not in the row."""
        while not self._job.keep(self._progress, self._query):
            self._patience.sleep(SLICE_S)

    def _advance(self, look: Look) -> None:
        """Take over how far the query is, never backwards: some engines put one back into their queue."""
        now = self._progress
        is_running = now.stage == QUERYING or look.phase is not Phase.QUEUED
        completed = max(look.completed, now.completed if now.unit == look.unit else 0)
        total = None if look.total is None else max(look.total, completed)
        stage = QUERYING if is_running else QUEUED
        self._progress = Progress(stage=stage, completed=completed, total=total, unit=look.unit)

    def _pace_s(self) -> float:
        age_s = (self._patience.clock() - self._query.since).total_seconds()
        return next((pace_s for until_s, pace_s in PACES_S if age_s < until_s), LAST_PACE_S)

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            self._patience.sleep(min(seconds, SLICE_S))
            seconds -= SLICE_S
            self._keep()

    def _wait_for_room(self) -> None:
        if self._patience.clock() - self._query.since > BUSY_FOR:
            raise EngineFailed(FAILURES[Reason.BUSY])
        self._progress = Progress(stage=NO_ROOM, completed=0, total=None, unit="rows")
        self._back_off(LONGEST_WAIT_S)

    def _wait_for_answer(self, error: Exception) -> None:
        now = self._patience.clock()
        self._silent_since = self._silent_since or now
        log.warning("query engine silent", extra={"reportId": self._job.report_id, "reason": str(error)})
        if now - self._silent_since > SILENT_FOR:
            raise EngineFailed(FAILURES[Reason.SILENT]) from error
        self._back_off(LONGEST_SILENCE_S)

    def _back_off(self, longest_s: float) -> None:
        """Wait for half of 1, 2, 4 … seconds at least, and for all of them at most."""
        longest_s = min(longest_s, 2.0**self._failures)
        self._failures += 1
        self._wait(longest_s * (1 + self._patience.draw()) / 2)
