"""One query on its way to one file: what it reads, what it may use, and the DuckDBs that work on it.

export ──▶ **QueryRun** ──▶ finding, writing
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.errors import told
from backend.engine.duck.interruptible import Result, run_watched
from backend.engine.duck.sandbox import opened
from backend.engine.duck.sink import PROTOCOL, Sink
from backend.engine.progress import Stage
from backend.engine.tuning import Tuning
from backend.service.ports import OnProgress


@dataclass(frozen=True, slots=True)
class Maker:
    """A connection to a DuckDB, and where its bytes go."""

    connection: duckdb.DuckDBPyConnection
    sink: Sink

    def execute(self, statement: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows: every SELECT and COPY of a report runs here."""
        return self.connection.execute(statement, dict(binds) or None).fetchall()

    def stop(self) -> None:
        """Interrupt the statement that runs, and refuse what it still writes."""
        self.sink.stop()
        self.connection.interrupt()


@dataclass(frozen=True, slots=True)
class QueryRun:
    """The state that finding the rows of a query and writing them share."""

    query: Query
    source: DatasetFiles
    tables: Mapping[str, Sequence[DatasetFile]]
    """The files of the datasets that the query reads."""
    limits: Limits
    gathered: Path
    """The Parquet file in which rows may be gathered."""
    progress: OnProgress
    tuning: Tuning

    @property
    def urls(self) -> Mapping[str, Sequence[str]]:
        """The names by which DuckDB opens the files of each dataset."""
        return {name: [self.source.url(file) for file in files] for name, files in self.tables.items()}

    @contextmanager
    def opened(self, limits: Limits) -> Iterator[Maker]:
        """Yield a DuckDB that can read the datasets and the gathered rows; translate its errors."""
        with self.shared(limits, 1) as (maker,):
            yield maker

    @contextmanager
    def shared(self, limits: Limits, count: int) -> Iterator[Sequence[Maker]]:
        """Yield so many makers that share the threads and the memory of one DuckDB; translate errors of the first.

        Each has the statements of its connection to itself, its temporary views, and its sink.
        """
        sink, *others = sinks = [Sink(f"{PROTOCOL}{number or ''}") for number in range(count)]
        with (
            told(self.source, sink),
            opened(limits, self.source, sink, self.tables, gathered=self.gathered, more_sinks=others) as connection,
            ExitStack() as cursors,
        ):
            more = [cursors.enter_context(connection.cursor()) for _ in others]
            yield [Maker(*each) for each in zip([connection, *more], sinks, strict=True)]

    def run(self, maker: Maker, stage: Stage, statement: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement, tell its progress meanwhile, and return its rows."""
        return self.watch(maker, stage, lambda: maker.execute(statement, binds))

    def watch(self, maker: Maker, stage: Stage, work: Callable[[], Result]) -> Result:
        """Return what work with a maker returns, and tell its progress meanwhile."""
        return run_watched(work, maker.stop, stage.tick, interval_s=self.tuning.interval_s)
