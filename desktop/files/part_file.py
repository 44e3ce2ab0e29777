"""A file in the making, beside its target, which takes its place whole or not at all.

transfer ── bytes ──▶ **PartFile** ──▶ target

Others may be allowed to write to the folder. So the file has a name that nobody can know beforehand, is new, is nobody
else's to read, and is written and checked through one descriptor; what was checked is what stands there in the end.
"""

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from desktop.outside.places import NEW_FILE, OWNERS_ALONE, part_of

CHUNK_BYTES = 1024 * 1024


class Replaced(OSError):
    """Somebody else put another file in the place of this one."""

    def __init__(self) -> None:
        super().__init__(None, "somebody else is changing the files there")


class PartFile:
    """The bytes that have arrived so far."""

    def __init__(self, path: Path, file: BufferedRandom, target: Path) -> None:
        self._path = path
        self._file = file
        self._target = target

    @property
    def size_bytes(self) -> int:
        """How much there is."""
        self._file.flush()
        return os.fstat(self._file.fileno()).st_size

    def cut(self, size_bytes: int) -> None:
        """Keep the first so many bytes; the next ones are written behind them."""
        self._file.seek(size_bytes)
        self._file.truncate()

    def append(self, data: bytes) -> int:
        """Write behind what there is and return how much that is."""
        self._file.write(data)
        return self._file.tell()

    def sha256(self) -> str:
        """Return the hash of all of it."""
        import hashlib  # noqa: PLC0415  loads OpenSSL, for which the first paint would wait

        digest = hashlib.sha256()
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest()

    def put_in_place(self) -> None:
        """Make it the target, with the permissions of the file that was there.

        Raises:
            Replaced: It is another file that would be, or is, in place.
            OSError: It cannot be.
        """
        self._file.flush()
        with contextlib.suppress(FileNotFoundError):
            mode = stat.S_IMODE(self._target.stat().st_mode)
            if sys.platform == "win32":
                self._path.chmod(mode)
            else:
                os.fchmod(self._file.fileno(), mode)
        made = os.fstat(self._file.fileno())
        self._check(made, self._path)
        if sys.platform == "win32":  # there an open file cannot be renamed
            self._file.close()
        self._path.replace(self._target)
        self._check(made, self._target)

    def keep(self) -> Path:
        """Give the file a name that people see, beside the target, and return that."""
        kept = self._target.with_name(f"{self._target.stem[:100]}-{os.urandom(4).hex()}{self._target.suffix[:20]}")
        self._path.rename(kept)
        return kept

    def _check(self, made: os.stat_result, path: Path) -> None:
        found = path.lstat()
        if not os.path.samestat(made, found) or made.st_size != found.st_size:
            raise Replaced


@contextmanager
def beside(target: Path) -> Iterator[PartFile]:
    """Yield an empty file in the target's folder, which is removed at the end unless it was put in place or kept.

    Raises:
        OSError: There can be none.
    """
    path = part_of(target)
    with os.fdopen(os.open(path, NEW_FILE, OWNERS_ALONE), "w+b") as file:
        try:
            yield PartFile(path, file, target)
        finally:
            if sys.platform == "win32":
                file.close()
            with contextlib.suppress(OSError):
                path.unlink()
