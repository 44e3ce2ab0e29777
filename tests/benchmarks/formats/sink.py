"""Where the bytes go: a sink that hashes and discards, and how fast this machine writes a file at all.

writer ── bytes ──▶ **HashingSink** ──▶ size, sha256
"""

import hashlib
import io
import time
from pathlib import Path
from typing import Any

BLOCK_BYTES = 1 << 20


class HashingSink(io.RawIOBase):
    """A file that keeps nothing of what is written to it but the hash and the size."""

    def __init__(self) -> None:
        super().__init__()
        self.size_bytes = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The hash of all bytes so far."""
        return self._hash.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        """Take all of it."""
        view = memoryview(data)
        self._hash.update(view)
        self.size_bytes += view.nbytes
        return view.nbytes


def buffered_write_mb_s(directory: Path, size_bytes: int) -> float:
    """Write a file of that size in blocks, as the page cache takes it, and return MB (10⁶ bytes) a second."""
    block = bytes(range(256)) * (BLOCK_BYTES // 256)
    target = directory / "sequential"
    began = time.perf_counter()
    with target.open("wb", buffering=0) as file:
        for _ in range(size_bytes // BLOCK_BYTES):
            file.write(block)
    passed_s = time.perf_counter() - began
    target.unlink()
    return size_bytes / passed_s / 1e6
