"""How a command ends.

commands ── `Stop` ──▶ main ──▶ one line on standard error, exit status
"""

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Raise `Stop` where a package of an optional extra is not installed; its sentence names both."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise Stop(Exit.USAGE, f"This needs {error.name}: pip install 'reportwire[{extra}]'.") from error
