"""Finding the rows of a query: its columns, how many rows there are, and where they are to be had.

export ── `QueryRun` ──▶ **DuckFinding** ──▶ DuckDB; **rows** ──▶ `Rows`

Rows stay in the dataset if the query makes one row of each of its rows. Otherwise they are gathered on disk, in order,
in a Parquet file: a table of DuckDB would fill its memory first, and then be written to disk and read back in pieces.
Types that Parquet lacks need a table all the same, unless the format shows them as text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from backend.catalog.query import ColumnStyle
from backend.engine.duck.sandbox import layout_of
from backend.engine.finding.plans import columns_as_read, is_row_by_row
from backend.engine.first_rows import preview_select
from backend.engine.layout import Layout
from backend.engine.progress import Stage
from backend.engine.query_run import Maker, QueryRun
from backend.engine.rows import RESULT, Rows, gathered, in_table, is_kept, of_dataset, relation_of, stored_sql
from backend.engine.summaries import summarize
from backend.formats.file import Column
from backend.formats.sql import literal, quoted
from backend.protocol.preview import Summary
from backend.service.ports import DefinitionFailed

ROW_NUMBERS = {"file_row_number", "file_index"}
"""By which the rows of a dataset are found; it may have columns of these names itself."""

_QUICK = (
    "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1000, "
    "WRITE_BLOOM_FILTER false, USE_TMP_FILE false"
)
"""How a file is written that DuckDB alone reads, once: what serves to find rows in it, or to make it small, costs too
much. The encodings of the second version are quicker both ways, and other readers may lack them."""


class DuckFinding:
    """A `export.Finding` by the DuckDB of a maker. Rows that cannot be read in stretches stay in its connection."""

    def __init__(self, run: QueryRun, maker: Maker) -> None:
        self._run = run
        self._maker = maker
        self._query = run.query
        self._stage = Stage("computing", run.progress, estimate=maker.connection.query_progress)
        check_sql(maker.connection, run.query.sql)

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the result."""
        described = self._ask(f"DESCRIBE SELECT * FROM {relation_of(self._query)}")  # noqa: S608  the definition's own
        plain, styles = ColumnStyle(), self._query.columns
        return tuple(Column(name=name, type=kind, style=styles.get(name, plain)) for name, kind, *_ in described)

    def rows(self, columns: Sequence[Column], *, keeps_types: bool) -> Rows:
        """Return the rows, after gathering them in a file, if need be.

        Without `keeps_types` what files show as text may be text there.
        """
        rows = self._rows_of_dataset(columns)
        if rows is not None:
            return rows
        order = order_by(self._query.order)
        if keeps_types and not all(map(is_kept, columns)):
            made = f"SELECT * FROM {relation_of(self._query)}{order}"  # noqa: S608  the definition's own
            ((row_count,),) = self._ask(f"CREATE TEMP TABLE {RESULT} AS {made}")
            return in_table(int(row_count))
        cells = ", ".join(stored_sql(number, column) for number, column in enumerate(columns))
        made = f"SELECT {cells} FROM {relation_of(self._query)}{order}"  # noqa: S608  as above
        ((row_count,),) = self._ask(f"COPY ({made}) TO {literal(str(self._run.gathered))} ({_QUICK})")
        return gathered(self._run.gathered, columns, int(row_count))

    def first_rows(self, columns: Sequence[Column], rows: Rows) -> list[tuple[Any, ...]]:
        """Return the rows of the preview."""
        return self._compute(preview_select(columns, rows.relation), rows.binds)

    def summaries(self, columns: Sequence[Column], rows: Rows) -> list[Summary | None]:
        """Return what is in each column, over all rows; None where nobody looked."""

        def ask(statement: str) -> list[tuple[Any, ...]]:
            return self._maker.execute(statement, rows.binds)

        return self._run.watch(self._maker, self._stage, lambda: summarize(ask, columns, rows))

    def _rows_of_dataset(self, columns: Sequence[Column]) -> Rows | None:
        """Return the rows as they are in the dataset, if the query makes one row of each."""
        if self._query.order or len(self._query.datasets) != 1:
            return None
        relation = relation_of(self._query)
        ((_, plan),) = self._ask(f"EXPLAIN (FORMAT json) SELECT * FROM {relation}")  # noqa: S608  as above
        (dataset,) = self._query.datasets
        types = {name: kind for name, kind, *_ in self._compute(f"DESCRIBE {quoted(dataset)}", {})}
        if not is_row_by_row(plan) or not ROW_NUMBERS.isdisjoint(name.lower() for name in types):
            return None
        (urls,), (files,) = self._run.urls.values(), self._run.tables.values()
        layout, large_file_rows = layout_of(files), self._run.tuning.large_file_rows
        in_files = {name: kind for name, kind in types.items() if name not in _names_of_folders(layout)}
        stored = _stored(columns, columns_as_read(plan), in_files)
        group_rows = self._group_rows(urls)
        rows = of_dataset(self._query, urls, group_rows, stored, large_file_rows=large_file_rows, layout=layout)
        ((row_count,),) = self._ask(f"SELECT count(*) FROM {rows.relation}")  # noqa: S608  as above
        if row_count != rows.count or not self._heeds_views(dataset, rows.relation):
            return None  # it reads some of the files by their names, or the dataset by another
        return rows

    def _heeds_views(self, dataset: str, relation: str) -> bool:
        """Return whether the query reads a temporary view of the dataset's name, by which each maker has its slice.

        One that names DuckDB's own catalog, as `memory.main.flights`, does not.
        """
        view = quoted(dataset)
        self._compute(f"CREATE TEMP VIEW {view} AS SELECT * FROM memory.main.{view} WHERE false", {})  # noqa: S608  quoted
        ((row_count,),) = self._ask(f"SELECT count(*) FROM {relation}")  # noqa: S608  the definition's own
        self._compute(f"DROP VIEW temp.{view}", {})
        return bool(row_count == 0)

    def _group_rows(self, urls: Sequence[str]) -> list[list[int]]:
        listed = ", ".join(map(literal, urls))
        groups = "SELECT DISTINCT file_name, row_group_id, row_group_num_rows FROM parquet_metadata"
        of_files: dict[str, list[int]] = {url: [] for url in urls}
        for url, _, rows in self._compute(f"{groups}([{listed}]) ORDER BY ALL", {}):
            of_files[url].append(int(rows))
        return list(of_files.values())

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self._compute(statement, self._query.binds)

    def _compute(self, statement: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return self._run.run(self._maker, self._stage, statement, binds)


def _stored(columns: Sequence[Column], read: Sequence[str], types: Mapping[str, str]) -> Mapping[str, str]:
    """Return the names in the dataset of the columns that are `read` as they are, by their names in the result."""
    if len(read) != len(columns):
        return {}
    pairs = zip(columns, read, strict=True)
    return {column.name: name for column, name in pairs if is_kept(column) and types.get(name) == column.type}


def _names_of_folders(layout: Layout | None) -> set[str]:
    """Return the columns that are in the names of folders, in place of the files."""
    return {key.of for key in layout.own_keys} if layout else set()


def check_sql(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Check that it is one SELECT: DuckDB runs whatever else follows a semicolon."""
    statements = connection.extract_statements(sql)
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise DefinitionFailed("This report's query is not one SELECT. Tell whoever looks after the reports.")


def order_by(order: Sequence[str]) -> str:
    """Return the clause; nulls come last, whichever the direction."""
    if not order:
        return ""
    return " ORDER BY " + ", ".join(map(_sort_key, order))


def _sort_key(key: str) -> str:
    descending = " DESC NULLS LAST" if key.lower().endswith(" desc") else ""
    return f"{RESULT}.{quoted(sort_column(key))}{descending}"


def sort_column(key: str) -> str:
    """Return the column that a key of `Query.order` names."""
    return re.sub(" (asc|desc)$", "", key, flags=re.IGNORECASE)
