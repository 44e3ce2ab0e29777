"""Parquet: the types of the query, compressed with zstd.

engine ── `copy` ──▶ DuckDB ── files ──▶ **ParquetWriter** ──▶ parquet_joining ── one file ──▶ upload
"""

from collections.abc import Sequence

from backend.formats.file import Column, Document, Write
from backend.formats.parquet_joining import JoinedFiles
from backend.formats.portable_types import portable
from backend.formats.sql import literal, quoted
from backend.formats.writer import tapering_slices

ROW_GROUP_ROWS = 122_880
"""DuckDB's own number; a writer's memory is about two such groups."""
COMPRESSION_LEVEL = 2
"""The level of zstd. Its default, 3, is slower for a file that is hardly smaller."""
DICTIONARY_SIZE_LIMIT = 1_000
"""Columns with more distinct values are written without a dictionary: zstd compresses them as well for less work."""


SLICE_ROWS = (ROW_GROUP_ROWS, 4 * ROW_GROUP_ROWS)
"""The least and the most rows of a slice."""
SLICED_ROWS = 16 * ROW_GROUP_ROWS
"""Fewer rows are written at once: slices only gain by not waiting for memory, and open another DuckDB."""
_STATISTICS_BYTES = 2_048
"""What a footer has of a column in a row group, at most, but for its names: four bounds, cut at 256 bytes, and numbers.
Source: https://github.com/duckdb/duckdb/blob/main/extension/parquet/include/writer/templated_column_writer.hpp"""


class ParquetWriter:
    """A `Writer` of Parquet. Each slice comes as a file of its own, and their row groups are put into one."""

    def __init__(
        self,
        document: Document,
        write: Write,
        *,
        slice_rows: tuple[int, int] = SLICE_ROWS,
        sliced_rows: int = SLICED_ROWS,
    ) -> None:
        self._columns = document.columns
        self._least, self._most = slice_rows
        self._sliced_rows = sliced_rows
        self._file = JoinedFiles(write)
        self._slice: range | None = None

    def slices(self, row_count: int, ends: Sequence[int]) -> list[range]:
        """Cut many rows anywhere, but not those with a geometry: the file tells the bounds of all."""
        if row_count < self._sliced_rows or any("GEOMETRY" in column.type for column in self._columns):
            return [range(row_count)]
        return tapering_slices(range(row_count), ends, least=self._least, most=self._most)

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

    def append(self, rows: range, piece: bytes) -> None:
        """Add the bytes to the slice's file."""
        if rows != self._slice:
            self._slice = rows
            self._file.begin(self._footer_bytes(rows))
        self._file.add(piece)

    def finish(self, row_count: int) -> None:  # noqa: ARG002
        """Write the footer: DuckDB has written those of the slices."""
        self._file.finish()

    def _footer_bytes(self, rows: range) -> int:
        """Return more bytes than the footer of a slice has."""
        schema_and_groups = 2 + -(-len(rows) // ROW_GROUP_ROWS)
        return schema_and_groups * sum(map(_footer_bytes, self._columns))


def _footer_bytes(column: Column) -> int:
    """Return more bytes than a row group's footer has of a column; each column inside it has its type there."""
    names = len(column.name.encode()) + len(column.type.encode())
    return (column.type.count(",") + 1) * (_STATISTICS_BYTES + names)


def _cell(column: Column) -> str:
    name, written = quoted(column.name), portable(column.type)
    return name if written == column.type else f"CAST({name} AS {written})"
