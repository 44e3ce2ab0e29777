"""Rows of reports that a local backend is at work on, so that they end in words should it be killed.

kept_reports ── row ──▶ **UnderWay** ──▶ a locked file beside the report's others ── the next start ──▶ kept_reports

The lock ends with its process, however that ends: a file that nobody has locked is of a backend that was killed.
"""

import fcntl
import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from backend.domain.report import Report
from infra import private_directories

log = logging.getLogger(__name__)

UNDER_WAY = "under-way.json"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The reports that one backend is at work on, in the folder of all."""

    folder: Path
    _held: dict[str, tuple[int, IO[bytes]]] = field(default_factory=dict)
    """By report: the revision that is written, and the file, which is locked while it is open."""

    @property
    def ids(self) -> frozenset[str]:
        """The reports that are held."""
        return frozenset(self._held)

    def hold(self, report: Report) -> None:
        """Keep a report's row as it is now.

        Raises:
            OSError: It cannot be written.
        """
        revision, before = self._held.get(report.report_id, (None, None))
        if revision == report.revision:
            return
        private_directories.directory(self.folder / report.report_id)
        with tempfile.TemporaryDirectory(dir=self.folder) as beside:
            file = _locked(Path(beside) / "row", msgspec.json.encode(report))
            (Path(beside) / "row").replace(self.folder / report.report_id / UNDER_WAY)
        self._held[report.report_id] = report.revision, file
        if before:
            before.close()

    def let_go(self, report_id: str) -> None:
        """Forget a report that has ended, or that any other backend may make from now on."""
        _, file = self._held.pop(report_id, (None, None))
        if file:
            (self.folder / report_id / UNDER_WAY).unlink(missing_ok=True)
            file.close()

    def lost(self) -> Iterator[tuple[Report, datetime]]:
        """Yield the reports of backends that were killed, and when each was last known to be under way.

        Each is forgotten once the next is asked for.
        """
        for path in sorted(self.folder.glob(f"*/{UNDER_WAY}")):
            with suppress(FileNotFoundError), path.open("rb") as file:
                if not _lock(file):
                    continue
                seen_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                try:
                    report = msgspec.json.decode(file.read(), type=Report)
                except msgspec.DecodeError:
                    log.warning("a report under way cannot be read: %s", path)
                    continue
                if report.report_id == path.parent.name:
                    yield report, seen_at
                    path.unlink(missing_ok=True)


def _locked(path: Path, content: bytes) -> IO[bytes]:
    """Write a file for its owner alone, and return it locked."""
    path.touch(private_directories.OWNERS_FILE)
    path.write_bytes(content)
    with ExitStack() as opened:
        file = opened.enter_context(path.open("rb"))
        fcntl.flock(file, fcntl.LOCK_EX)
        opened.pop_all()
        return file


def _lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # it is locked, or the file system knows no locks
        return False
    return True
