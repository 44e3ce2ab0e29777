"""Parquet: the types of the query, compressed with zstd.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **ParquetWriter** ──▶ upload
"""

from backend.formats import Column, Document, Write
from backend.formats.sql import literal, quoted

ROW_GROUP_ROWS = 122_880
"""DuckDB's own number; a writer's memory is about two such groups."""
HUGE_INTEGERS = ("HUGEINT", "UHUGEINT")
"""Parquet has none, so DuckDB would make doubles of them, which lose digits. Sums of integers are of this type."""
TEXT_ELSEWHERE = ("INTERVAL", "VARIANT", "UNION")
"""What other readers cannot read."""


class ParquetWriter:
    """A `Writer` of Parquet."""

    is_numbering_rows = False
    rows_written = None

    def __init__(self, document: Document, write: Write) -> None:
        self._columns = document.columns
        self.write = write

    def copy(self, relation: str, target: str) -> str:
        """Return the COPY."""
        cells = ", ".join(f"{_cell(column)} AS {quoted(column.name)}" for column in self._columns)
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS}, USE_TMP_FILE false"
        return f"COPY (SELECT {cells} FROM {relation}) TO {literal(target)} ({options})"  # noqa: S608  names are quoted

    def finish(self, row_count: int) -> None:
        """DuckDB has written the footer."""


def _cell(column: Column) -> str:
    name = quoted(column.name)
    if column.type in HUGE_INTEGERS:
        return f"CAST({name} AS DECIMAL(38, 0))"
    return f"CAST({name} AS VARCHAR)" if column.type.startswith(TEXT_ELSEWHERE) else name
