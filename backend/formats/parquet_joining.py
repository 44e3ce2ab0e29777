"""Several Parquet files of the same columns made into one, while they come in.

parquet ── bytes of one file after another ──▶ **JoinedFiles** ──▶ parquet_footer; bytes of one file ──▶ upload

A file is the word PAR1, row groups, a footer with the place of each, the footer's length and PAR1 again. The row groups
pass on as they come; the footers, which are found only from the end, are kept and put into one.
Source: https://parquet.apache.org/docs/file-format/
"""

from backend.formats.file import Write
from backend.formats.parquet_footer import Footer, joined, read

MAGIC = b"PAR1"
_LENGTH_BYTES = 4
_BLOCK_BYTES = 64 * 1024
"""Row groups pass on in blocks of no fewer bytes."""


class JoinedFiles:
    """The one file, which is whole after `finish`."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._written_bytes = 0
        self._footers: list[Footer] = []
        self._held = bytearray()
        """The end of the file that comes in, so far: its footer may be in it."""
        self._held_bytes = 0
        """How many of its last bytes are held; 0 before the first file."""
        self._moved_bytes = 0
        """How much further on in the one file the bytes are of the file that comes in."""
        self._repeated_bytes = 0
        """How many bytes of its begin the one file has already."""

    def begin(self, footer_bytes: int) -> None:
        """Begin a file whose footer takes so many bytes at most; the one before is complete."""
        self._end()
        self._held_bytes = footer_bytes + _LENGTH_BYTES + len(MAGIC)
        self._repeated_bytes = len(MAGIC) if self._written_bytes else 0
        self._moved_bytes = self._written_bytes - self._repeated_bytes

    def add(self, data: bytes) -> None:
        """Add bytes to the file that was begun."""
        self._held += data
        ready = len(self._held) - self._held_bytes
        if ready >= _BLOCK_BYTES:
            self._pass_on(ready)

    def finish(self) -> None:
        """Complete the last file and the one."""
        self._end()
        footer = joined(self._footers)
        self._write(footer + len(footer).to_bytes(_LENGTH_BYTES, "little") + MAGIC)

    def _end(self) -> None:
        """Pass on what the file still has before its footer, and keep that.

        Raises:
            ValueError: The footer is longer than it was said to be, or there is none.
        """
        if not self._held_bytes:
            return
        length_at = max(len(self._held) - _LENGTH_BYTES - len(MAGIC), 0)
        footer_at = length_at - int.from_bytes(self._held[length_at : length_at + _LENGTH_BYTES], "little")
        if footer_at < 0 or not self._held.endswith(MAGIC):
            raise ValueError(f"no footer in the last {len(self._held):,} bytes of a Parquet file")
        footer = bytes(self._held[footer_at:length_at])
        self._pass_on(footer_at)
        self._held.clear()
        self._footers.append(read(footer, self._moved_bytes))

    def _pass_on(self, size_bytes: int) -> None:
        """Write so many of the bytes that are held, but not the word again with which each file begins."""
        first = self._repeated_bytes
        self._repeated_bytes = 0
        data = bytes(self._held[first:size_bytes])
        del self._held[:size_bytes]
        self._written_bytes += len(data)
        self._write(data)
