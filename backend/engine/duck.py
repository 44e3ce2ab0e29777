"""Making a file from a query: the way from datasets to the bytes of a report.

execution ── `Query`, `FileOrder` ──▶ **DuckEngine** ──▶ a format's writer ── bytes ──▶ upload

Rows that are sorted, or numbered in the file, are gathered on disk first. Others are counted, then go straight from the
datasets to the file. Either way their number is known, and checked, before a byte is written.

They are gathered in a file of Parquet: a table of DuckDB's would take all the memory that it may have, and then be
written to disk and read back in pieces, at 1.6 times the work. Types that Parquet lacks need a table all the same.

A query may have little memory, as DuckDB takes what it may, needed or not; where that is too little, as for wide rows,
it is run again with more.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from backend.engine.arenas import share_arenas
from backend.engine.failures import told
from backend.engine.preview import encode_preview, preview_select
from backend.engine.progress import Stage
from backend.engine.sandbox import GATHERED, Limits, opened
from backend.engine.sink import TARGET, Sink
from backend.engine.source import DatasetFiles
from backend.engine.watched import run_watched
from backend.formats import Column, Document, FileOrder, Write, Writer
from backend.formats.sql import literal, quoted
from backend.formats.writers import open_writer
from backend.ports import DatasetFile, DatasetStore, DefinitionFailed, Exported, OnProgress, TooManyRows
from backend.query import ColumnStyle, Query

log = logging.getLogger(__name__)

RESULT = "result"
KEPT_TYPES = frozenset(
    {
        "BOOLEAN",
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
        *("FLOAT", "DOUBLE", "DECIMAL"),
        *("DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
        "VARCHAR",
    }
)
"""What Parquet keeps as it is, of DuckDB's types."""
NUMBERING_NAMES = {"file_row_number", "rowid"}
"""Columns by which the rows of a file are numbered; a result's own of such a name would be taken for them."""


@dataclass(frozen=True, slots=True)
class DuckEngine:
    """A `ports.Engine`."""

    datasets: DatasetStore
    limits: Limits

    def export(self, query: Query, file: FileOrder, write: Write, progress: OnProgress) -> Exported:
        """Write the query's result as the file that is wanted."""
        share_arenas()
        output = _Output(write)
        try:
            return self._export(query, file, output.write, progress, self.limits)
        except MemoryError:
            if output.is_begun or self.limits.generous == self.limits:
                raise
            log.info("run again, with more memory")
        return self._export(query, file, output.write, progress, self.limits.generous)

    def _export(self, query: Query, file: FileOrder, write: Write, progress: OnProgress, limits: Limits) -> Exported:
        progress("reading", 0, len(query.datasets), "datasets")
        tables = {name: self._files(name) for name in query.datasets}
        source, sink = DatasetFiles(self.datasets, [each for files in tables.values() for each in files]), Sink()
        with told(source, sink), opened(limits, source, sink, tables) as connection:
            return _Export(connection, sink, query, limits, progress).run(file, write)

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


class _Export:
    """One query on its way to one file."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        sink: Sink,
        query: Query,
        limits: Limits,
        progress: OnProgress,
    ) -> None:
        self._connection = connection
        self._sink = sink
        self._query = query
        self._limits = limits
        self._progress = progress
        self._relation = f"({query.sql}\n) AS {RESULT}"
        self._binds: Mapping[str, Any] = query.binds
        self._is_gathered = False
        self._computing = self._stage("computing")

    def run(self, file: FileOrder, write: Write) -> Exported:
        self._check_sql()
        columns = self._columns()
        document = Document(title=file.title, columns=columns, options=file.options, about=file.about)
        writer = open_writer(file.format, document, write)
        is_gathered = bool(self._query.order) or writer.is_numbering_rows
        row_count = self._gather(columns) if is_gathered else self._count()
        self._check_number(row_count)
        first_rows = self._compute(preview_select(columns, self._relation))
        self._copy(writer, row_count)
        return Exported(row_count, encode_preview(columns, first_rows, row_count))

    def _check_sql(self) -> None:
        """Hold that it is one SELECT: DuckDB runs whatever else follows a semicolon."""
        statements = self._connection.extract_statements(self._query.sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise DefinitionFailed("This report's query is not one SELECT. Tell whoever looks after the reports.")

    def _columns(self) -> tuple[Column, ...]:
        described = self._compute(f"DESCRIBE SELECT * FROM {self._relation}")  # noqa: S608  the definition's own
        plain, styles = ColumnStyle(), self._query.columns
        return tuple(Column(name=name, type=kind, style=styles.get(name, plain)) for name, kind, *_ in described)

    def _gather(self, columns: tuple[Column, ...]) -> int:
        """Put the rows aside, in order and numbered by a `rowid`, and return their number."""
        rows = f"SELECT * FROM {self._relation}{_order_by(self._query.order)}"  # noqa: S608  the definition's own
        if all(keeps(column) for column in columns):
            row_count, self._relation = self._file(rows)
        else:
            ((row_count,),) = self._compute(f"CREATE TEMP TABLE {RESULT} AS {rows}")
            self._relation = RESULT
        self._binds, self._is_gathered = {}, True
        return int(row_count)

    def _file(self, rows: str) -> tuple[int, str]:
        """Put the rows into a file and return their number, and what to select them from."""
        ((directory,),) = self._connection.execute("SELECT current_setting('temp_directory')").fetchall()
        path = Path(directory, GATHERED)
        options = "FORMAT parquet, COMPRESSION lz4, USE_TMP_FILE false"
        ((row_count,),) = self._compute(f"COPY ({rows}) TO {literal(str(path))} ({options})")
        if path.stat().st_size > self._limits.storage_mb * 2**20:
            raise MemoryError
        read = f"read_parquet({literal(str(path))}, file_row_number = true)"
        return row_count, f"(SELECT *, file_row_number AS rowid FROM {read})"  # noqa: S608  the path is ours

    def _count(self) -> int:
        """Return the number of rows; of the data only the columns are read that decide it."""
        ((row_count,),) = self._compute(f"SELECT count(*) FROM {self._relation}")  # noqa: S608  as above
        return int(row_count)

    def _check_number(self, row_count: int) -> None:
        limit = self._query.row_limit
        if limit is not None and row_count > limit:
            found = f"The report would have {row_count:,} rows, and {limit:,} are allowed."
            raise TooManyRows(f"{found} Ask for less at a time.")

    def _copy(self, writer: Writer, row_count: int) -> None:
        self._sink.take = writer.write
        stage = self._stage("writing", counted=lambda: writer.rows_written, row_count=row_count)
        ((copied,),) = self._watched(stage, writer.copy(self._relation, TARGET))
        if not self._is_gathered and copied != row_count:
            raise DefinitionFailed(
                "This report's query gives other rows each time. Tell whoever looks after the reports."
            )
        writer.finish(row_count)

    def _compute(self, statement: str) -> list[tuple[Any, ...]]:
        return self._watched(self._computing, statement)

    def _stage(
        self, name: str, *, counted: Callable[[], int | None] = lambda: None, row_count: int | None = None
    ) -> Stage:
        estimate = self._connection.query_progress
        return Stage(name, self._progress, estimate=estimate, counted=counted, row_count=row_count)

    def _watched(self, stage: Stage, statement: str) -> list[tuple[Any, ...]]:
        def tick() -> None:
            try:
                stage.tick()
            except BaseException:
                self._sink.stop()
                raise

        return run_watched(self._connection, statement, self._binds, tick)


def keeps(column: Column) -> bool:
    """Tell whether a file of rows keeps the column as it is."""
    is_kept = column.type.split("(")[0] in KEPT_TYPES and not column.type.endswith("]")
    return is_kept and column.name.lower() not in NUMBERING_NAMES


def _order_by(order: tuple[str, ...]) -> str:
    """Return the clause; nulls come last, whichever the direction."""
    if not order:
        return ""
    return " ORDER BY " + ", ".join(_sort_key(key) for key in order)


def _sort_key(key: str) -> str:
    return quoted(sort_column(key)) + (" DESC NULLS LAST" if key.lower().endswith(" desc") else "")


def sort_column(key: str) -> str:
    """Return the column that a key of `Query.order` names."""
    return re.sub(" (asc|desc)$", "", key, flags=re.IGNORECASE)
