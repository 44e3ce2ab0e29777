"""Parquet: the types of the query, compressed with zstd.

engine ── `copy` ──▶ DuckDB ── bytes ──▶ **ParquetWriter** ──▶ upload
"""

from collections.abc import Sequence

from backend.formats.file import Column, Document, Write
from backend.formats.sql import literal, quoted

ROW_GROUP_ROWS = 122_880
"""DuckDB's own number; a writer's memory is about two such groups."""
COMPRESSION_LEVEL = 2
"""Of zstd. The usual 3 takes a fifth longer for a file that is hardly smaller."""
DICTIONARY_SIZE_LIMIT = 1_000
"""Columns of more different values do without a dictionary, which zstd makes good at a third of the work."""
HUGE_INTEGERS = ("HUGEINT", "UHUGEINT")
"""Parquet has none, so DuckDB would make doubles of them, which lose digits. Sums of integers are of this type."""
TEXT_ELSEWHERE = ("INTERVAL", "VARIANT", "UNION")
"""What other readers cannot read."""


class ParquetWriter:
    """A `Writer` of Parquet."""

    def __init__(self, document: Document, write: Write) -> None:
        self._columns = document.columns
        self._write = write

    def slices(self, row_count: int, ends: Sequence[int]) -> list[range]:  # noqa: ARG002
        """Return all rows: the footer tells of each row group where it is."""
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
        """Leave the bytes as they are."""
        return (data,)

    def append(self, rows: range, piece: bytes) -> None:  # noqa: ARG002
        """Pass the bytes on."""
        self._write(piece)

    def finish(self, row_count: int) -> None:
        """DuckDB has written the footer."""


def _cell(column: Column) -> str:
    name = quoted(column.name)
    if column.type in HUGE_INTEGERS:
        return f"CAST({name} AS DECIMAL(38, 0))"
    return f"CAST({name} AS VARCHAR)" if column.type.startswith(TEXT_ELSEWHERE) else name
