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
