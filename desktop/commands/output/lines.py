"""Single lines: what is under way and what went wrong on standard error, results on standard output.

actions, program ──▶ **lines** ──▶ `printable` ──▶ terminal. Loads nothing that takes a moment.
"""

import sys

from backend.protocol.printable import printable


def say(message: str) -> None:
    """Print what is under way, in one line on standard error."""
    sys.stderr.write(f"{printable(message)}\n")
    sys.stderr.flush()


def complain(message: str) -> None:
    """Print an error, in one line on standard error."""
    sys.stderr.write(f"reportwire: {printable(' '.join(message.split()))}\n")


def print_line(text: str) -> None:
    """Print a line on standard output."""
    sys.stdout.write(printable(text) + "\n")
