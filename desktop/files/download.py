"""How one file on its way to disk stands. Values only.

downloads ── `Download` ──▶ window
"""

from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class DownloadState(StrEnum):
    """The state of a download."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    """The analyst halted it; it goes on from its last byte."""
    SAVED = "SAVED"
    MISSING = "MISSING"
    """It was saved, and its file is there no more."""
    FAILED = "FAILED"
    STOPPED = "STOPPED"
    """The analyst gave it up; nothing is left of it."""


class Download(Struct, frozen=True):
    """One file on its way to disk. `received_bytes` counts up to `total_bytes`; `error` is a sentence when FAILED."""

    report_id: str
    path: Path
    received_bytes: int
    total_bytes: int
    state: DownloadState
    error: str | None = None
    earlier: Path | None = None
    """Another save's file, while this one is none: a later save that fails takes nothing away."""
    is_of_earlier_run: bool = False
    """Whether an earlier run of the program saved it, nobody knows when."""

    @property
    def saved_path(self) -> Path | None:
        """Return the path of the last good file, if there is one."""
        return self.path if self.state is DownloadState.SAVED else self.earlier

    @property
    def is_saved(self) -> bool:
        """Return whether there is a good file and no save under way."""
        return self.saved_path is not None and self.state not in {DownloadState.ACTIVE, DownloadState.PAUSED}
