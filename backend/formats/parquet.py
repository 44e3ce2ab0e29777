"""Parquet: the types of the query, compressed with zstd.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **ParquetWriter** ──▶ upload
"""

from collections.abc import Sequence

from backend.formats.file import Column, Document, Write
from backend.formats.portable_types import portable
from backend.formats.sql import literal, quoted

ROW_GROUP_ROWS = 122_880
"""DuckDB's own number; a writer's memory is about two such groups."""
COMPRESSION_LEVEL = 2
"""The level of zstd. Its default, 3, is slower for a file that is hardly smaller."""
DICTIONARY_SIZE_LIMIT = 1_000
"""Columns with more distinct values are written without a dictionary: zstd compresses them as well for less work."""


class ParquetWriter:
    """A `Writer` of Parquet."""

    def __init__(self, document: Document, write: Write) -> None:
        self._columns = document.columns
        self._write = write

    def slices(self, row_count: int, ends: Sequence[int]) -> list[range]:  # noqa: ARG002
        """Return one slice: the footer holds the offset of every row group."""
        return [range(row_count)]

    def copy(self, relation: str, rows: range, target: str) -> str:  # noqa: ARG002
        """Return the COPY."""
        cells = ", ".join(f"{_cell(column)} AS {quoted(column.name)}" for column in self._columns)
        packing = (
            f"COMPRESSION zstd, COMPRESSION_LEVEL {COMPRESSION_LEVEL}, DICTIONARY_SIZE_LIMIT {DICTIONARY_SIZE_LIMIT}"
        )
        options = f"FORMAT parquet, {packing}, ROW_GROUP_SIZE {ROW_GROUP_ROWS}, USE_TMP_FILE false"
        return f"COPY (SELECT {cells} FROM {relation}) TO {literal(target)} ({options})"  # noqa: S608  names are quoted

    def prepare(self, data: bytes) -> tuple[bytes]:
        """Return the bytes unchanged."""
        return (data,)

    def append(self, rows: range, piece: bytes) -> None:  # noqa: ARG002
        """Pass the bytes on."""
        self._write(piece)

    def finish(self, row_count: int) -> None:
        """DuckDB has written the footer."""


def _cell(column: Column) -> str:
    name, written = quoted(column.name), portable(column.type)
    return name if written == column.type else f"CAST({name} AS {written})"
