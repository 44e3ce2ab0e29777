"""The log of a run that ended by itself, for the log dialog.

outside.crash_log ──▶ **last_log** ── path and text ──▶ log dialog
"""

from pathlib import Path

from desktop.outside.crash_log import leftover

MOST_BYTES = 512 * 1024
"""As much as a person looks at; a log of the program's own is smaller."""


def last_log(folder: Path | None = None) -> tuple[Path, str] | None:
    """Return the log that an earlier run left and nobody has seen yet; None if there is none."""
    path = leftover(folder)
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return path, file.read(MOST_BYTES).decode(errors="replace")
    except OSError:
        return None
