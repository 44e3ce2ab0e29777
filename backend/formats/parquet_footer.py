"""The footer of a Parquet file: its row groups, moved with their bytes to another place in another file.

parquet_joining ── footers of files ──▶ **Footer** ──▶ the footer of the one file they become

Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.formats.thrift import I64, LIST, STRUCT, Reader, elements, integer

_ROWS, _ROW_GROUPS = 3, 4
"""Fields of `FileMetaData`; those before are the version and the schema."""
_CHUNKS, _GROUP_OFFSET = 1, 5
"""Fields of `RowGroup`."""
_METADATA = 3
_CHUNK_OFFSETS = frozenset({2, 4, 6})
"""Fields of `ColumnChunk`: of the chunk, which is zero where nothing is told, and of its indexes."""
_PAGE_OFFSETS = frozenset({9, 10, 11, 14})
"""Fields of `ColumnMetaData`: of pages of data, of an index, of a dictionary, and of a Bloom filter."""


@dataclass(frozen=True, slots=True)
class Footer:
    """A `FileMetaData`, in pieces as they are written."""

    schema: bytes
    row_count: int
    group_count: int
    groups: bytes
    rest: bytes
    """What follows the row groups: who wrote them, and the order of each column's values."""


def read(data: bytes, moved_bytes: int) -> Footer:
    """Return the footer of a file whose row groups are so many bytes further on in another file.

    Raises:
        ValueError: It has its fields in an order that no writer of DuckDB's puts them in.
    """
    reader = Reader(data)
    begins, row_count = 0, 0
    for number, kind in reader.fields():
        if number == _ROWS:
            row_count = reader.integer()
        elif number == _ROW_GROUPS:
            count, _ = reader.elements()
            groups = b"".join(_moved_group(reader, moved_bytes) for _ in range(count))
            return Footer(data[:begins], row_count, count, groups, data[reader.position :])
        else:
            reader.skip(kind)
            begins = reader.position
    raise ValueError("no row groups in the footer")


def joined(footers: Sequence[Footer]) -> bytes:
    """Return the footer of a file that has the row groups of them all, in order.

    Raises:
        ValueError: They are of files with different columns.
    """
    first = footers[0]
    if {(each.schema, each.rest) for each in footers} != {(first.schema, first.rest)}:
        raise ValueError("the footers are of files with different columns")
    rows = bytes([1 << 4 | I64]) + integer(sum(each.row_count for each in footers))
    header = bytes([1 << 4 | LIST]) + elements(sum(each.group_count for each in footers), STRUCT)
    return first.schema + rows + header + b"".join(each.groups for each in footers) + first.rest


class _Copy:
    """A stretch of what a reader reads, with other numbers in places."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._begins = reader.position
        self._pieces: list[bytes] = []

    def move(self, by: int) -> None:
        """Read an offset and write it moved; zero stays, for it tells of no place."""
        reader = self._reader
        self._pieces.append(reader.data[self._begins : reader.position])
        offset = reader.integer()
        self._pieces.append(integer(offset + by if offset else 0))
        self._begins = reader.position

    def bytes(self) -> bytes:
        """Return it up to where the reader is."""
        return b"".join([*self._pieces, self._reader.data[self._begins : self._reader.position]])


def _moved_group(reader: Reader, by: int) -> bytes:
    copy = _Copy(reader)
    for number, kind in reader.fields():
        if number == _CHUNKS:
            for _ in range(reader.elements()[0]):
                _move_chunk(reader, copy, by)
        elif number == _GROUP_OFFSET:
            copy.move(by)
        else:
            reader.skip(kind)
    return copy.bytes()


def _move_chunk(reader: Reader, copy: _Copy, by: int) -> None:
    for number, kind in reader.fields():
        if number in _CHUNK_OFFSETS:
            copy.move(by)
        elif number == _METADATA:
            for inner, inner_kind in reader.fields():
                if inner in _PAGE_OFFSETS:
                    copy.move(by)
                else:
                    reader.skip(inner_kind)
        else:
            reader.skip(kind)
