"""How a command ends.

commands ── `Stop` ──▶ main ──▶ one line on standard error, exit status
"""

from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_CONNECTION = 3
    INTERRUPTED = 130


class Stop(Exception):
    """The command ends here: with which status, and one sentence why."""

    def __init__(self, status: Exit, message: str) -> None:
        super().__init__(message)
        self.status = status
