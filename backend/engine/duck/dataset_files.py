"""The datasets as files that DuckDB reads in ranges.

DuckDB ── reads ──▶ **DatasetFiles** ── ranged GETs ──▶ datasets bucket
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from io import UnsupportedOperation
from threading import get_ident
from typing import Any

from fsspec import AbstractFileSystem

from backend.engine.budget import WHOLE_FILE_BYTES, WHOLE_FILES_KEPT
from backend.engine.datasets import DatasetFile, DatasetStore
from backend.service.ports import DataUnreadable

log = logging.getLogger(__name__)

PROTOCOL = "datasets"


class DatasetFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The files of some datasets, and no others. It keeps what went wrong: DuckDB passes on the words only."""

    protocol = PROTOCOL
    cachable = False

    def __init__(
        self, store: DatasetStore, files: Iterable[DatasetFile], *, whole_file_bytes: int = WHOLE_FILE_BYTES
    ) -> None:
        super().__init__()
        self._store = store
        self._whole_file_bytes = whole_file_bytes
        self._files: Mapping[str, DatasetFile] = {file.name: file for file in files}
        self._read_whole = lru_cache(WHOLE_FILES_KEPT)(lambda file: self._read_range(file, 0, file.size_bytes))
        self.error: Exception | None = None

    @staticmethod
    def url(file: DatasetFile) -> str:
        """Return the name DuckDB opens the file by."""
        return f"{PROTOCOL}://{file.name}"

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return bytes of a file, all that were asked for; any thread may ask.

        Raises:
            DataUnreadable: The store did not answer, or twice with fewer bytes than the file has there.
        """
        try:
            if file.size_bytes > self._whole_file_bytes:
                return self._read_range(file, start, length)
            return self._read_whole(file)[start : start + length]
        except Exception as error:
            self.error = self.error or error
            raise

    def open(self, path: str, mode: str = "rb", **_: Any) -> "OpenFile":  # noqa: ANN401  fsspec's own signature
        """Open a file for reading."""
        if mode != "rb":
            raise PermissionError(path)
        return OpenFile(self, self._find(path))

    def info(self, path: str, **_: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return a file's size."""
        return {"name": path, "size": self._find(path).size_bytes, "type": "file"}

    def modified(self, path: str) -> datetime:
        """Return when a file was written."""
        return self._find(path).modified_at

    def exists(self, path: str, **_: Any) -> bool:  # noqa: ANN401
        """Return whether there is such a file."""
        return self._strip_protocol(path) in self._files

    def isdir(self, path: str) -> bool:  # noqa: ARG002
        """Return False: nothing is a directory."""
        return False

    def glob(self, path: str, **_: Any) -> list[str]:  # noqa: ANN401
        """Return the file of that name: nobody asks for patterns."""
        return [path] if self.exists(path) else []

    def _read_range(self, file: DatasetFile, start: int, length: int) -> bytes:
        for _ in range(2):
            data = self._store.read(file, start, length)
            if len(data) == length:
                return data
            log.warning("short read", extra={"file": file.name, "start": start, "length": length, "read": len(data)})
        raise DataUnreadable(f"{file.name} has {len(data)} bytes from {start} on, and {length} were listed")

    def _find(self, path: str) -> DatasetFile:
        try:
            return self._files[self._strip_protocol(path)]
        except KeyError:
            raise FileNotFoundError(path) from None


class OpenFile:
    """One file, read by all of DuckDB's threads through this one object: each seeks, then reads.

    Another thread may seek in between, so every thread has an offset of its own. It is good for one read: a read
    without a seek would return bytes from nowhere in particular.
    """

    def __init__(self, files: DatasetFiles, file: DatasetFile) -> None:
        self._files = files
        self._file = file
        self._offsets: dict[int, int] = {}
        """The offset of the next read, by the identifier of the thread that sought it."""

    def seek(self, offset: int) -> None:
        """Set the offset of this thread's next read."""
        self._offsets[get_ident()] = offset

    def read(self, length: int) -> bytes:
        """Return so many bytes from where this thread sought, or fewer at the end of the file."""
        offset = self._offsets.pop(get_ident(), None)
        if offset is None:
            raise UnsupportedOperation(f"read of {self._file.name} without a seek")
        length = min(length, self._file.size_bytes - offset)
        return self._files.read(self._file, offset, length) if length > 0 else b""

    def close(self) -> None:
        """Nothing is open."""
