"""The one file DuckDB may write: what a COPY puts out goes on as it comes.

DuckDB ── COPY ──▶ **Sink** ──▶ a format's writer
"""

from collections.abc import Callable
from typing import Any

from fsspec import AbstractFileSystem

PROTOCOL = "sink"


class Stopped(Exception):
    """Nothing more is wanted."""


class Sink(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A file system of one file, written from front to back. It keeps what went wrong: DuckDB passes on words only."""

    protocol = PROTOCOL
    cachable = False

    def __init__(self, protocol: str = PROTOCOL) -> None:
        super().__init__()
        self.protocol = protocol
        self.target = f"{protocol}://file"
        """The file's name. Each of several sinks of one DuckDB has a protocol of its own."""
        self.take: Callable[[bytes], None] = _refuse
        """Called with the bytes of each write."""
        self.error: Exception | None = None
        self._is_stopped = False

    def stop(self) -> None:
        """Refuse what still comes."""
        self._is_stopped = True

    def write(self, data: bytes) -> int:
        """Pass bytes on."""
        take = _refuse if self._is_stopped else self.take
        try:
            take(data)
        except Exception as error:
            self.error = self.error or error
            raise
        return len(data)

    def open(self, path: str, mode: str = "rb", **_: Any) -> "_OpenSink":  # noqa: ANN401  fsspec's own signature
        """Open the file for writing."""
        if mode != "wb" or path != self.target:
            raise PermissionError(path)
        return _OpenSink(self)

    def info(self, path: str, **_: Any) -> dict[str, Any]:  # noqa: ANN401
        """Say that the file is new."""
        raise FileNotFoundError(path)

    def exists(self, path: str, **_: Any) -> bool:  # noqa: ANN401, ARG002
        """Say that the file is new."""
        return False

    def isdir(self, path: str) -> bool:  # noqa: ARG002
        """Return False: nothing is a directory."""
        return False


class _OpenSink:
    """The file while it is written. Its writers take turns by DuckDB's own lock."""

    def __init__(self, sink: Sink) -> None:
        self.write = sink.write

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The writer of the format says when the file is whole."""


def _refuse(_: bytes) -> None:
    raise Stopped
