"""How a report and its file stand, on standard error: a bar in a terminal, lines elsewhere.

session ──▶ **ReportProgress** ──▶ `printable` ──▶ terminal          downloads ──▶ **FileProgress** ──▶ terminal
"""

from collections.abc import Mapping
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from backend.protocol.messages import Snapshot
from backend.protocol.printable import printable
from desktop.files.download import Download
from desktop.session.connection_status import Connecting, Waiting
from desktop.session.state import Session
from desktop.wording import numbers


class ReportProgress:
    """Shows one report: a bar in a terminal, a line for each new stage elsewhere."""

    def __init__(self, report_id: str) -> None:
        self._report_id = report_id
        self._console = Console(stderr=True)
        self._bar = _bar(self._console)
        self._task: TaskID | None = None
        self._said = ""

    def __enter__(self) -> Self:
        """Begin to show it."""
        self._bar.start()
        self._task = self._bar.add_task("Connecting", total=None, counts="")
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()

    def show(self, session: Session) -> None:
        """Show how the report stands."""
        entry = session.entries.get(self._report_id)
        snapshot = entry.snapshot if entry else None
        description = printable(_headline(session, snapshot))
        completed, total, counts = _figures(snapshot)
        if self._task is not None:
            self._bar.update(
                self._task, description=description, completed=completed, total=total, counts=printable(counts)
            )
        if not self._console.is_terminal and description != self._said:
            self._console.print(Text(description))
        self._said = description


class FileProgress:
    """Shows one file on its way to disk: a bar in a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._bar = _bar(Console(stderr=True))
        self._task = self._bar.add_task("Downloading", total=None, counts="")

    def __enter__(self) -> Self:
        """Begin to show it."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()

    def show(self, downloads: Mapping[str, Download]) -> None:
        """Show how the one download stands."""
        for download in downloads.values():
            received, total = download.received_bytes, download.total_bytes
            counts = f"{numbers.say_size(received)} of {numbers.say_size(total)}"
            self._bar.update(self._task, completed=received, total=total, counts=counts)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[counts]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _headline(session: Session, snapshot: Snapshot | None) -> str:
    match session.connection:
        case Waiting(reason=reason):
            return f"{reason} Trying again"
        case Connecting():
            return "Connecting"
    if snapshot is None:
        return "Sending"
    if snapshot.progress is None:
        return snapshot.state.capitalize()
    return numbers.say_stage(snapshot.progress.stage)


def _figures(snapshot: Snapshot | None) -> tuple[int, int | None, str]:
    progress = snapshot.progress if snapshot else None
    if progress is None:
        return 0, None, ""
    counts = numbers.say_progress(progress)
    return progress.completed, progress.total, counts
