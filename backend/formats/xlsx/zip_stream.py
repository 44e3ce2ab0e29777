"""A zip archive written front to back, with large parts that are deflated elsewhere, in blocks.

parts, deflated blocks ──▶ **ZipStream** ── bytes ──▶ upload

The sizes of a part that is added as a whole precede it; those of a streamed part follow it, in a data descriptor.
Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.5.3.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from isal import isal_zlib

LEVEL = 1
"""A level of isal, of 0 to 3: 2 is slower for the same size of row XML, 0 larger and no faster."""

_RAW_DEFLATE_BITS = -15
_LAST_BLOCK = b"\x03\x00"
"""An empty block marked as the last, which ends a stream of independent blocks."""

_STREAMED = 0x0008
_UTF_8 = 0x0800
_DEFLATE = 8
_DATE = 1 << 5 | 1
"""1 January 1980, always: the same content makes the same archive."""
_VERSION, _VERSION_ZIP64 = 20, 45
_LIMIT_16, _LIMIT_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a part, deflated so that it may follow any other. Its length is that of the deflated bytes."""

    crc32: int
    size: int
    deflated: bytes

    def __len__(self) -> int:
        return len(self.deflated)


def deflate(data: bytes | memoryview) -> Block:
    """Deflate one block, so that it ends on a byte and no other block refers to it."""
    compressor = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, _RAW_DEFLATE_BITS)
    deflated = compressor.compress(data) + compressor.flush(isal_zlib.Z_FULL_FLUSH)
    return Block(isal_zlib.crc32(data), len(data), deflated)


@dataclass(slots=True)
class _Entry:
    name: bytes
    offset: int
    flags: int
    crc32: int = 0
    size: int = 0
    deflated_size: int = 0

    def take(self, block: Block) -> None:
        self.crc32 = isal_zlib.crc32_combine(self.crc32, block.crc32, block.size)
        self.size += block.size
        self.deflated_size += len(block.deflated)

    @property
    def is_large(self) -> bool:
        return max(self.size, self.deflated_size) >= _LIMIT_32

    def header(self) -> bytes:
        crc32, deflated_size, size = (
            (0, 0, 0) if self.flags & _STREAMED else (self.crc32, self.deflated_size, self.size)
        )
        fields = (_VERSION, self.flags, _DEFLATE, 0, _DATE, crc32, deflated_size, size, len(self.name), 0)
        return struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + self.name

    def descriptor(self) -> bytes:
        layout = "<4sLQQ" if self.is_large else "<4s3L"
        return struct.pack(layout, b"PK\x07\x08", self.crc32, self.deflated_size, self.size)

    def directory_record(self) -> bytes:
        numbers = (self.size, self.deflated_size, self.offset)
        large = [number for number in numbers if number >= _LIMIT_32]
        extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
        version = _VERSION_ZIP64 if large else _VERSION
        size, deflated_size, offset = (min(number, _LIMIT_32) for number in numbers)
        fields = (version, version, self.flags, _DEFLATE, 0, _DATE, self.crc32, deflated_size, size)
        lengths = (len(self.name), len(extra), 0, 0, 0, 0, offset)
        return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fields, *lengths) + self.name + extra


class ZipStream:
    """Writes an archive from front to back. One part at a time may be open."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._offset = 0
        self._entries: list[_Entry] = []

    def add(self, name: str, data: bytes) -> None:
        """Write a small part as a whole."""
        block = deflate(data)
        entry = self._enter(name, _UTF_8)
        entry.take(Block(block.crc32, block.size, block.deflated + _LAST_BLOCK))
        self._put(entry.header() + block.deflated + _LAST_BLOCK)

    def begin(self, name: str) -> None:
        """Open a part whose blocks follow with `append`."""
        self._put(self._enter(name, _UTF_8 | _STREAMED).header())

    def append(self, block: Block) -> None:
        """Write a block of the open part."""
        self._entries[-1].take(block)
        self._put(block.deflated)

    def end(self) -> None:
        """Close the open part."""
        self.append(Block(0, 0, _LAST_BLOCK))
        self._put(self._entries[-1].descriptor())

    def close(self) -> None:
        """Write the directory, which ends the archive."""
        start = self._offset
        for entry in self._entries:
            self._put(entry.directory_record())
        self._put(_end_of_directory(len(self._entries), self._offset - start, start))

    def _enter(self, name: str, flags: int) -> _Entry:
        self._entries.append(_Entry(name.encode(), self._offset, flags))
        return self._entries[-1]

    def _put(self, data: bytes) -> None:
        self._write(data)
        self._offset += len(data)


def _end_of_directory(count: int, size: int, start: int) -> bytes:
    end = struct.pack(
        "<4s4H2LH",
        b"PK\x05\x06",
        *(0, 0, min(count, _LIMIT_16), min(count, _LIMIT_16), min(size, _LIMIT_32), min(start, _LIMIT_32), 0),
    )
    if count < _LIMIT_16 and max(size, start) < _LIMIT_32:
        return end
    versions_and_disks = (_VERSION_ZIP64, _VERSION_ZIP64, 0, 0)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, *versions_and_disks, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    return end64 + locator + end
