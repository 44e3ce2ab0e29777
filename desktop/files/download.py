"""How one file on its way to disk stands. Values only.

downloads ── `Download` ──▶ window
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class DownloadState(StrEnum):
    """The state of a download."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    """The analyst halted it; it goes on from its last byte."""
    SAVED = "SAVED"
    MISSING = "MISSING"
    """It was saved, and its file is there no more."""
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Download:
    """One file on its way to disk. `received_bytes` counts up to `total_bytes`; `error` is a sentence when FAILED."""

    report_id: str
    path: Path
    received_bytes: int
    total_bytes: int
    state: DownloadState
    error: str | None = None
