"""The datasets as files that DuckDB reads in ranges.

DuckDB ── reads ──▶ **DatasetFiles** ── ranged GETs ──▶ datasets bucket
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from fsspec import AbstractFileSystem

from backend.ports import DatasetFile, DatasetStore

PROTOCOL = "datasets"
WHOLE_FILE_BYTES = 1024 * 1024
"""A file as small as this is fetched at once: one request costs more than the bytes."""
WHOLE_FILES_KEPT = 16
"""Of those the last read are kept: a dataset may have thousands."""


class DatasetFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The files of some datasets, and no others. It keeps what went wrong: DuckDB passes on the words only."""

    protocol = PROTOCOL
    cachable = False

    def __init__(self, store: DatasetStore, files: Iterable[DatasetFile]) -> None:
        super().__init__()
        self._store = store
        self._files: Mapping[str, DatasetFile] = {file.name: file for file in files}
        self._read_whole = lru_cache(WHOLE_FILES_KEPT)(lambda file: store.read(file, 0, file.size_bytes))
        self.error: Exception | None = None

    @staticmethod
    def url(file: DatasetFile) -> str:
        """Return the name DuckDB opens the file by."""
        return f"{PROTOCOL}://{file.name}"

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return bytes of a file; any thread may ask."""
        try:
            if file.size_bytes > WHOLE_FILE_BYTES:
                return self._store.read(file, start, length)
            return self._read_whole(file)[start : start + length]
        except Exception as error:
            self.error = error
            raise

    def open(self, path: str, mode: str = "rb", **_: Any) -> "_OpenFile":  # noqa: ANN401  fsspec's own signature
        """Open a file for reading."""
        if mode != "rb":
            raise PermissionError(path)
        return _OpenFile(self, self._find(path))

    def info(self, path: str, **_: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return a file's size."""
        return {"name": path, "size": self._find(path).size_bytes, "type": "file"}

    def modified(self, path: str) -> datetime:
        """Return when a file was written."""
        return self._find(path).modified_at

    def exists(self, path: str, **_: Any) -> bool:  # noqa: ANN401
        """Tell whether there is such a file."""
        return self._strip_protocol(path) in self._files

    def isdir(self, path: str) -> bool:  # noqa: ARG002
        """Say that nothing is a directory."""
        return False

    def glob(self, path: str, **_: Any) -> list[str]:  # noqa: ANN401
        """Return the file of that name: nobody asks for patterns."""
        return [path] if self.exists(path) else []

    def _find(self, path: str) -> DatasetFile:
        try:
            return self._files[self._strip_protocol(path)]
        except KeyError:
            raise FileNotFoundError(path) from None


class _OpenFile:
    """A position in a file."""

    def __init__(self, files: DatasetFiles, file: DatasetFile) -> None:
        self._files = files
        self._file = file
        self._position = 0

    def read(self, length: int = -1) -> bytes:
        size = self._file.size_bytes
        end = size if length < 0 else min(self._position + length, size)
        data = self._files.read(self._file, self._position, end - self._position) if end > self._position else b""
        self._position += len(data)
        return data

    def seek(self, position: int, whence: int = 0) -> int:
        self._position = position + (0, self._position, self._file.size_bytes)[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        """Nothing is written."""

    def close(self) -> None:
        """Nothing is open."""
