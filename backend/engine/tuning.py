"""Thresholds of the engine: they change its speed, never its result.

tests ──▶ **Tuning** ──▶ export, finding, writing
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.engine.budget import WHOLE_FILE_BYTES
from backend.engine.duck.interruptible import INTERVAL_S
from backend.formats.choice import open_writer
from backend.formats.file import Document, Write
from backend.formats.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The thresholds, as they are outside of tests."""

    interval_s: float = INTERVAL_S
    """How often progress is reported."""
    large_file_rows: int = 50_000
    """A file of as many rows is not read together with others: DuckDB finds rows faster in it alone."""
    whole_file_bytes: int = WHOLE_FILE_BYTES
    open_writer: Callable[[str, Document, Write], Writer[Any]] = open_writer
    """Begins a file, cut into slices of the format's usual size."""
