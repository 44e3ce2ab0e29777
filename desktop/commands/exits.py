"""How a command ends.

commands ── `Stop`, `ReportError` ──▶ main ──▶ one line on standard error, exit status
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from desktop.headless.errors import NotConnected, ReportCancelled, ReportError, WrongRequest


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


def status_of(error: ReportError) -> Exit:
    """Return the exit status of a command to which no report came."""
    match error:
        case WrongRequest():
            return Exit.USAGE
        case NotConnected():
            return Exit.NO_CONNECTION
        case ReportCancelled():
            return Exit.INTERRUPTED
        case _:
            return Exit.FAILED


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Raise `Stop` where a package of an optional extra is not installed, or not in a bundle; its sentence says so."""
    try:
        yield
    except ModuleNotFoundError as error:
        if getattr(sys, "frozen", False):
            raise Stop(
                Exit.USAGE, f"This program cannot do that: only pip install 'reportwire[{extra}]' can."
            ) from error
        package = (error.name or "").partition(".")[0]
        raise Stop(Exit.USAGE, f"This needs {package}: pip install 'reportwire[{extra}]'.") from error
