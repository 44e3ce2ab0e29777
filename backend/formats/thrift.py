"""Thrift's compact protocol, as far as it takes to find numbers in a structure and write others in their place.

parquet_footer ── bytes ──▶ **Reader**

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Iterator

BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT, UUID = range(3, 14)
TRUE, FALSE = 1, 2
_SIZES = {BYTE: 1, DOUBLE: 8, UUID: 16}
_SHORT_LIST = 15
"""A list of fewer elements has their number in the byte of its type."""


class Reader:
    """Reads on from a position."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield the number and type of each field of a structure: its value is next, and to be read or skipped."""
        number = 0
        while header := self._byte():
            step = header >> 4
            number = number + step if step else self.integer()
            yield number, header & 0x0F

    def elements(self) -> tuple[int, int]:
        """Read the header of a list and return the number and type of its elements, which are next."""
        header = self._byte()
        count = header >> 4
        return (self._varint() if count == _SHORT_LIST else count), header & 0x0F

    def integer(self) -> int:
        """Read an integer of 16 bits or more."""
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def skip(self, kind: int) -> None:
        """Pass over a field of that type."""
        if kind in {I16, I32, I64}:
            self._varint()
        elif kind == BINARY:
            length = self._varint()
            self.position += length
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner)
        elif kind in {LIST, SET}:
            count, inner = self.elements()
            for _ in range(count):
                self._skip_element(inner)
        elif kind == MAP:
            self._skip_map()
        elif kind not in {TRUE, FALSE}:
            self.position += _SIZES[kind]

    def _skip_element(self, kind: int) -> None:
        """Pass over an element: a truth is a byte there, and in a field nothing but its type."""
        self.skip(BYTE if kind in {TRUE, FALSE} else kind)

    def _skip_map(self) -> None:
        count = self._varint()
        kinds = self._byte() if count else 0
        for _ in range(count):
            self._skip_element(kinds >> 4)
            self._skip_element(kinds & 0x0F)

    def _byte(self) -> int:
        self.position += 1
        return self.data[self.position - 1]

    def _varint(self) -> int:
        data, position = self.data, self.position
        value = data[position]
        position += 1
        if value & 0x80:
            value &= 0x7F
            shift = 7
            while (byte := data[position]) & 0x80:
                value |= (byte & 0x7F) << shift
                position, shift = position + 1, shift + 7
            value |= byte << shift
            position += 1
        self.position = position
        return value


def integer(value: int) -> bytes:
    """Return an integer of at most 64 bits as a field has it."""
    return varint((value << 1) ^ (value >> 63))


def varint(value: int) -> bytes:
    """Return a number that is not negative in groups of seven bits, the least first."""
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004  seven bits
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def elements(count: int, kind: int) -> bytes:
    """Return the header of a list."""
    return bytes([count << 4 | kind]) if count < _SHORT_LIST else bytes([_SHORT_LIST << 4 | kind]) + varint(count)
