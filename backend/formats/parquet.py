"""Parquet: the types of the query, compressed with zstd.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **ParquetWriter** ──▶ upload
"""

from backend.formats import Document, Write
from backend.formats.sql import literal

ROW_GROUP_ROWS = 122_880
"""DuckDB's own number; a writer's memory is about two such groups."""


class ParquetWriter:
    """A `Writer` of Parquet."""

    is_numbering_rows = False
    rows_written = None

    def __init__(self, document: Document, write: Write) -> None:  # noqa: ARG002  the names and types are the query's
        self.write = write

    def copy(self, relation: str, target: str) -> str:
        """Return the COPY."""
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS}, USE_TMP_FILE false"
        return f"COPY (SELECT * FROM {relation}) TO {literal(target)} ({options})"  # noqa: S608  the relation is ours

    def finish(self, row_count: int) -> None:
        """DuckDB has written the footer."""


open_writer = ParquetWriter
