"""A query made into a file: its rows are found, then written.

execution ── `Query`, `FileOrder` ──▶ **DuckEngine** ──▶ finding ── `Rows` ──▶ writing ── bytes ──▶ upload

DuckDB writes the rows, however they were found: in slices side by side if they can be read in stretches and are many,
else in one piece. The rows are found first, so their number is known, and checked, before a byte is written.

A query may have little memory, as DuckDB takes what it may, needed or not; where that is too little, as for wide rows,
it is run again with more.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile, DatasetStore
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.errors import told
from backend.engine.duck.sandbox import layout_of, opened
from backend.engine.duck.sink import Sink
from backend.engine.duck.spilling import spill_directory
from backend.engine.finding.in_duckdb import DuckFinding
from backend.engine.finding.pruning import Tables, pruned
from backend.engine.first_rows import encode_preview
from backend.engine.layout import Layout
from backend.engine.query_run import QueryRun
from backend.engine.rows import Rows
from backend.engine.tuning import Tuning
from backend.engine.writing.slices import cut, write_slices
from backend.engine.writing.whole import write_whole
from backend.formats.file import Column, Document
from backend.formats.sql import quoted
from backend.protocol.formats import FORMATS
from backend.protocol.messages import Progress
from backend.protocol.preview import Summary
from backend.service.ports import DefinitionFailed, Exported, FileOrder, OnProgress, TooManyRows, Write

log = logging.getLogger(__name__)


class Finding(Protocol):
    """Finds the rows of a query; each method is called once, in this order."""

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the result."""

    def rows(self, columns: Sequence[Column], *, keeps_types: bool) -> Rows:
        """Return the rows. Without `keeps_types` what files show as text may be text."""

    def first_rows(self, columns: Sequence[Column], rows: Rows) -> list[tuple[Any, ...]]:
        """Return the rows of the preview, as `preview_select` has them."""

    def summaries(self, columns: Sequence[Column], rows: Rows) -> list[Summary | None]:
        """Return what is in each column, over all rows; None where nobody looked."""


@dataclass(frozen=True, slots=True)
class DuckEngine:
    """Runs queries in this process; `distributed.engine` has those that run elsewhere end here too."""

    datasets: DatasetStore
    limits: Limits
    tuning: Tuning = field(default_factory=Tuning)

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
        tables: Tables = {name: self._files(name) for name in query.datasets}
        source = self._source(tables)
        tables = pruned(query, tables, source, limits)
        with spill_directory() as directory:
            run = QueryRun(query, source, tables, limits, directory / "gathered.parquet", progress, self.tuning)
            return _write_file(run, file, write)

    def types_of(self, dataset: str) -> Mapping[str, str]:
        """Return the types of a dataset's columns, by name.

        Raises:
            DefinitionFailed: It is not there.
            DataUnreadable: It is there, and could not be read.
        """
        tables = {dataset: self._files(dataset)}
        source, sink = self._source(tables), Sink()
        with told(source, sink), opened(self.limits, source, sink, tables) as connection:
            described = connection.execute(f"DESCRIBE {quoted(dataset)}").fetchall()
        return {name: kind for name, kind, *_ in described}

    def layout(self, dataset: str) -> Layout | None:
        """Return the layout of a dataset; None if it is not partitioned. Raises what `types_of` does."""
        return layout_of(self._files(dataset))

    def _source(self, tables: Mapping[str, Sequence[DatasetFile]]) -> DatasetFiles:
        files = [each for files in tables.values() for each in files]
        return DatasetFiles(self.datasets, files, whole_file_bytes=self.tuning.whole_file_bytes)

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


def _write_file(run: QueryRun, file: FileOrder, write: Write) -> Exported:
    with run.opened(run.limits) as maker:
        finding: Finding = DuckFinding(run, maker)
        columns = finding.columns()
        document = Document(title=file.title, columns=columns, options=file.options, about=file.about)
        writer = run.tuning.open_writer(file.format, document, write)  # before the rows: it may refuse the columns
        rows = finding.rows(columns, keeps_types=FORMATS[file.format].keeps_types)
        _check_size(run, rows.count)
        first_rows, summaries = finding.first_rows(columns, rows), finding.summaries(columns, rows)
        preview = encode_preview(columns, first_rows, rows.count, summaries)
        slices = cut(writer.slices(rows.count, rows.ends), rows.bounds)
        is_whole = rows.stretch is None or len(slices) == 1
        if is_whole:
            write_whole(run, maker, rows, writer)
    if not is_whole:
        write_slices(run, rows, slices, writer)
    writer.finish(rows.count)
    return Exported(rows.count, preview)


def _check_size(run: QueryRun, row_count: int) -> None:
    limit = run.query.row_limit
    if limit is not None and row_count > limit:
        found = f"The report would have {row_count:,} rows, and {limit:,} are allowed."
        raise TooManyRows(f"{found} Ask for less at a time.")
    if run.gathered.exists() and run.gathered.stat().st_size > run.limits.storage_mb * 2**20:
        raise MemoryError
