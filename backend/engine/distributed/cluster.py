"""The ports of a distributed engine and of the bucket in which it leaves rows.

attendance ──▶ **Cluster** ◀── aws.athena_cluster, trino.trino_cluster          engine ──▶ **Landing** ◀── aws
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol

from backend.engine.datasets import DatasetStore
from backend.engine.layout import Layout


class Phase(StrEnum):
    """How far a query is."""

    QUEUED = auto()
    """It may come back to this from RUNNING."""
    RUNNING = auto()
    SUCCEEDED = auto()
    FAILED = auto()


ENDED = frozenset({Phase.SUCCEEDED, Phase.FAILED})


class Reason(StrEnum):
    """Why a query did not succeed."""

    BUSY = auto()
    """It never ran, for want of room: it may be started again."""
    SCAN_LIMIT = auto()
    TIME_LIMIT = auto()
    MEMORY = auto()
    NODE_LOST = auto()
    STOPPED = auto()
    """By somebody else."""
    REFUSED = auto()
    """Its text is wrong, or fails on the data."""
    DENIED = auto()
    """The service may not ask the engine, or the engine may not read or write the files."""
    OTHER_ROWS = auto()
    """It does not find the rows that partitioned datasets have: see `partitions`."""
    LOST = auto()
    """The engine knows nothing of it."""
    SILENT = auto()
    """The engine does not answer."""
    FAULT = auto()
    """Of the engine's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The state of a query at one moment."""

    handle: str
    """What to ask by the next time, in place of the one before."""
    phase: Phase
    completed: int = 0
    total: int | None = None
    """Only where the engine knows it."""
    unit: str = "rows"
    scanned_bytes: int = 0
    reason: Reason | None = None
    """Of a query that FAILED."""


class ClusterBusy(Exception):
    """Nothing was started, for want of room."""


class ClusterSilent(Exception):
    """The engine did not answer, or not to the point; it may do so when it is asked again."""


class ClusterRefused(Exception):
    """The engine will not start a query."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Cluster(Protocol):
    """A distributed engine. Any method may raise `ClusterSilent`, and `ClusterBusy` where it is asked too often."""

    @property
    def name(self) -> str:
        """The name by which a row keeps the engine."""

    def enter_partitions(self, dataset: str, layout: Layout, tick: Callable[[], None]) -> None:
        """Have the engine's table of a dataset know the partitions of a layout. May be asked for again and again.

        Args:
            dataset: The name of the dataset, and of the table.
            layout: Its layout as it is now.
            tick: Called every second or so; its exceptions end the work where it is.

        Raises:
            ClusterRefused: It never will.
        """

    def refusal(self, sql: str) -> str | None:
        """Return the engine's own sentence on why it would not run a query, None where it would. Nothing is read.

        Raises:
            ClusterRefused: It answers no question of this kind.
        """

    def start(self, sql: str, target: str, token: str) -> str:
        """Have the rows of a query written as Parquet files in `target`, an address that ends in a slash.

        Return the handle of the query. It may be asked for twice with the same token, by workers of which the second
        knows nothing of the first: it runs once all the same, or begins to run only with a look at its handle.

        Raises:
            ClusterRefused: It will never be started.
        """

    def look(self, handle: str) -> Look:
        """Return how far a query is; where it has ended, that each time."""

    def stop(self, handle: str) -> None:
        """Stop a query that runs; nothing happens to one that has ended."""

    def forget(self, token: str) -> None:
        """Remove what the engine itself keeps of a query that has ended, besides the files in its target."""


class Landing(DatasetStore, Protocol):
    """The bucket in which engines leave rows: the files in one of its folders are as those of a dataset."""

    def address(self, folder: str) -> str:
        """Return the address of a folder for an engine, with a slash at its end."""

    def delete(self, folder: str) -> None:
        """Delete all files in a folder and below. Raises `DataUnreadable`."""
