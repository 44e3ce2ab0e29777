"""Making a file from a query: the way from datasets to the bytes of a report.

execution ── `Query`, `FileOrder` ──▶ **DuckEngine** ──▶ a format's writer ── bytes ──▶ upload

The rows are found first, so their number is known, and checked, before a byte is written. Then the file is made of
them: at once, or in slices side by side where its format allows that.

A query may have little memory, as DuckDB takes what it may, needed or not; where that is too little, as for wide rows,
it is run again with more.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from backend.catalog.query import Query
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.errors import told
from backend.engine.duck.interruptible import run_watched
from backend.engine.duck.sandbox import Limits, opened
from backend.engine.duck.sink import TARGET, Sink
from backend.engine.duck.spilling import spill_directory
from backend.engine.finding.in_duckdb import Finding, check_sql
from backend.engine.preview import encode_preview
from backend.engine.progress import Stage
from backend.engine.rows import Rows, Stretch
from backend.engine.writing.slices import MAKERS, Maker, SliceMaking, check_copied
from backend.formats.file import Document, Write
from backend.formats.writer import Writer, open_writer
from backend.protocol.formats import FORMATS
from backend.protocol.messages import Progress
from backend.service.ports import (
    DatasetFile,
    DatasetStore,
    DefinitionFailed,
    Exported,
    FileOrder,
    OnProgress,
    TooManyRows,
)

log = logging.getLogger(__name__)

FEW_ROWS = 50_000
"""Written sooner than another DuckDB is opened."""


@dataclass(frozen=True, slots=True)
class DuckEngine:
    """A `ports.Engine`."""

    datasets: DatasetStore
    limits: Limits

    def export(self, query: Query, file: FileOrder, write: Write, progress: OnProgress) -> Exported:
        """Write the query's result as the file that is wanted."""
        output = _Output(write)
        try:
            return self._export(query, file, output.write, progress, self.limits)
        except MemoryError:
            if output.is_begun or self.limits.generous == self.limits:
                raise
            log.info("run again, with more memory")
        return self._export(query, file, output.write, progress, self.limits.generous)

    def _export(self, query: Query, file: FileOrder, write: Write, progress: OnProgress, limits: Limits) -> Exported:
        progress(Progress(stage="reading", completed=0, total=len(query.datasets), unit="datasets"))
        tables = {name: self._files(name) for name in query.datasets}
        source = DatasetFiles(self.datasets, [each for files in tables.values() for each in files])
        with spill_directory() as directory:
            export = _Export(query, source, tables, limits, directory / "gathered.parquet", progress)
            return export.run(file, write)

    def _files(self, dataset: str) -> tuple[DatasetFile, ...]:
        files = self.datasets.files(dataset)
        if not files:
            raise DefinitionFailed(f'The data "{dataset}" that this report reads is not there.')
        return files


class _Output:
    """A `Write` that tells whether anything was written: what has begun cannot be done again."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self.is_begun = False

    def write(self, data: bytes) -> None:
        self.is_begun = True
        self._write(data)


@dataclass(frozen=True, slots=True)
class _Export:
    """One query on its way to one file."""

    query: Query
    source: DatasetFiles
    tables: Mapping[str, Sequence[DatasetFile]]
    limits: Limits
    gathered: Path
    progress: OnProgress

    def run(self, file: FileOrder, write: Write) -> Exported:
        with self._opened(self.limits) as finder:
            finding = self._finding(finder)
            columns = finding.columns()
            document = Document(title=file.title, columns=columns, options=file.options, about=file.about)
            writer = open_writer(file.format, document, write)
            rows = finding.rows(columns, self.gathered, keeps_types=FORMATS[file.format].keeps_types)
            self._check_size(rows.count)
            preview = encode_preview(columns, finding.first_rows(columns, rows), rows.count)
            slices = _cut(writer.slices(rows.count, rows.ends), rows.bounds)
            stretch = rows.stretch
            is_written_here = stretch is None or (len(slices) == 1 and rows.count < FEW_ROWS)
            if is_written_here:
                self._write_whole(finder, rows, writer)
        if stretch is not None and len(slices) > 1:
            self._write_slices(rows, stretch, slices, writer)
        elif not is_written_here:
            with self._opened(self.limits.for_writing) as maker:
                self._write_whole(maker, rows, writer)
        writer.finish(rows.count)
        return Exported(rows.count, preview)

    @contextmanager
    def _opened(self, limits: Limits) -> Iterator[Maker]:
        sink = Sink()
        with (
            told(self.source, sink),
            opened(limits, self.source, sink, self.tables, gathered=self.gathered) as connection,
        ):
            yield Maker(connection, sink)

    def _finding(self, finder: Maker) -> Finding:
        stage = Stage("computing", self.progress, estimate=finder.connection.query_progress)

        def compute(statement: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
            return self._watched(finder, stage, statement, binds)

        check_sql(finder.connection, self.query.sql)
        urls = {name: [self.source.url(each) for each in files] for name, files in self.tables.items()}
        return Finding(self.query, urls, compute)

    def _check_size(self, row_count: int) -> None:
        limit = self.query.row_limit
        if limit is not None and row_count > limit:
            found = f"The report would have {row_count:,} rows, and {limit:,} are allowed."
            raise TooManyRows(f"{found} Ask for less at a time.")
        if self.gathered.exists() and self.gathered.stat().st_size > self.limits.storage_mb * 2**20:
            raise MemoryError

    def _write_whole(self, maker: Maker, rows: Rows, writer: Writer[Any]) -> None:
        everything = range(rows.count)

        def take(data: bytes) -> None:
            for piece in writer.prepare(data):
                writer.append(everything, piece)

        maker.sink.take = take
        stage = Stage("writing", self.progress, estimate=maker.connection.query_progress, row_count=rows.count)
        statement = writer.copy(rows.relation, everything, TARGET)
        check_copied(self._watched(maker, stage, statement, rows.binds), everything)

    def _write_slices(
        self, rows: Rows, stretch: Callable[[range], Stretch], slices: Sequence[range], writer: Writer[Any]
    ) -> None:
        # A maker takes no more than it needs. To run again with more is too late once it writes.
        limits = replace(self.limits, memory_mb=self.limits.generous.memory_mb // MAKERS, threads=1)
        with ExitStack() as opened:

            def open_maker() -> Maker:
                return opened.enter_context(self._opened(limits))

            making = SliceMaking(open_maker, self.source, slices, writer, stretch=stretch, binds=rows.binds)
            stage = Stage("writing", self.progress, counted=lambda: making.rows_made, row_count=rows.count)
            run_watched(making.run, making.stop, stage.tick)

    def _watched(self, maker: Maker, stage: Stage, statement: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        def work() -> list[tuple[Any, ...]]:
            return maker.connection.execute(statement, dict(binds) or None).fetchall()

        def interrupt() -> None:
            maker.sink.stop()
            maker.connection.interrupt()

        return run_watched(work, interrupt, stage.tick)


def _cut(slices: Sequence[range], bounds: Sequence[int]) -> Sequence[range]:
    """Return the slices, cut further where they must end."""
    ends = sorted({0, *(each.stop for each in slices), *bounds})
    return [range(first, end) for first, end in pairwise(ends)] if slices[1:] else slices
