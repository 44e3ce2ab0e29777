"""Saves files by themselves: those wanted as soon as they are there, and those asked to go into the folder for files.

session ── a report is ready ──▶ **Saving** ── report, path ──▶ downloads
"""

import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from desktop.session.state import Session
from desktop.wording.file_names import file_name, unused
from desktop.wording.reports.report_row import ReportRow

Save = Callable[[str, Path], None]
"""Begin to save a report's file as a path."""


class Saving:
    """The reports whose files are wanted, and the folder they go to.

    Args:
        save: Begins a download.
        folder: Where files go.
        pattern: The pattern of their names.
        now: Returns the time, aware, in the analyst's time zone.
    """

    def __init__(self, save: Save, folder: Path, pattern: str, now: Callable[[], datetime]) -> None:
        self._save, self._now = save, now
        self.folder, self.pattern = folder, pattern
        self.wanted: frozenset[str] = frozenset()
        """Reports that are saved as soon as they have a file."""
        self._promised: set[Path] = set()
        """Files that are being saved, and are not there yet."""

    def want(self, report_ids: Iterable[str]) -> None:
        """Save these reports as soon as they have a file."""
        self.wanted |= frozenset(report_ids)

    def look(self, session: Session, rows: Callable[[str], ReportRow | None]) -> None:
        """Save what is ready, and forget what never will be."""
        for report_id in self.wanted:
            entry, row = session.entries.get(report_id), rows(report_id)
            if entry is None or (not entry.is_open and (row is None or not row.file_name)):
                is_lost = entry is not None or session.is_listed
                self.wanted -= {report_id} if is_lost else set()
            elif row is not None and row.can_save:
                self.wanted -= {report_id}
                self.save_in(row, self.folder)

    def save_in(self, row: ReportRow, folder: Path) -> Path:
        """Save a report's file in a folder under a name of its own; return where."""
        with contextlib.suppress(OSError):  # what is wrong with the folder the download will say
            folder.mkdir(parents=True, exist_ok=True)
        path = folder / unused(folder, self.name(row), self._is_taken)
        self._promised.add(path)
        self._save(row.report_id, path)
        return path

    def name(self, row: ReportRow) -> str:
        """Return the name that a report's file gets."""
        suffix = Path(row.file_name).suffix.removeprefix(".")
        return file_name(self.pattern, row.title, row.parameters_in_name, suffix, self._now())

    def kept_promise(self, path: Path) -> None:
        """Note that a file is there now, or will not be."""
        self._promised.discard(path)

    def _is_taken(self, path: Path) -> bool:
        return path in self._promised or path.exists()
