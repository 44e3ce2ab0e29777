"""Arguments that several commands take, and what they must be.

program ──▶ commands ──▶ **arguments** ──▶ argparse
"""

import argparse
import re
import sys
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

TRANSPORTS = ("auto", "websocket", "https")
"""The values of `sign_in.profiles.Transport`."""
LEAST_PREFIX = 4
"""Characters of a report's id that are enough where they are those of one report."""
_REPORT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ANY_ID = "00000000-0000-0000-0000-000000000000"


class Parser(argparse.ArgumentParser):
    """A parser of which one command may be meant without being named."""

    _usual: str | None = None
    _commands: Container[str] = ()

    def may_omit(self, usual: str, commands: Container[str]) -> None:
        """Read arguments that name none of the commands as those of the usual one."""
        self._usual, self._commands = usual, commands

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Read the arguments; `--help` alone is that of all commands."""
        words = sys.argv[1:] if args is None else list(args)
        is_named = any(word in self._commands or word in {"-h", "--help"} for word in words)
        usual = [] if self._usual is None or is_named else [self._usual]
        return super().parse_known_args([*usual, *words], namespace)


def completing_files(action: argparse.Action) -> None:
    """Have shells complete names of files there: `completion` reads it off the argument."""
    action.complete = "file"  # type: ignore[attr-defined]  # shtab looks for it


def add_profile(parser: argparse.ArgumentParser, purpose: str = "the service; else a local one is started") -> None:
    """Add the argument that names a profile."""
    completing_files(
        parser.add_argument("--profile", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=purpose)
    )


def add_service(parser: argparse.ArgumentParser, purpose: str = "the service; else a local one is started") -> None:
    """Add the arguments that name a service, and the way to it."""
    add_profile(parser, purpose)
    parser.add_argument(
        "--transport",
        choices=TRANSPORTS,
        default=argparse.SUPPRESS,
        help="how to reach the service: over a WebSocket, over plain HTTPS, or whichever works (auto)",
    )


def add_json(parser: argparse._ActionsContainer, purpose: str = "print JSON") -> None:
    """Add the argument that asks for JSON."""
    parser.add_argument("--json", action="store_true", help=purpose)


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names one report of a service, and those that name the service."""
    parser.add_argument(
        "report_id",
        metavar="ID",
        type=report_id,
        help=f"the report's id, as `reportwire reports` shows it; its first {LEAST_PREFIX} characters may be enough",
    )
    add_service(parser, "the service that has the report; else a local one is started")


def report_id(text: str) -> str:
    """Return the id of a report, or how one begins, in small letters.

    Raises:
        argparse.ArgumentTypeError: No id begins like this, or too many may.
    """
    beginning = text.lower()
    if len(beginning) < LEAST_PREFIX:
        raise argparse.ArgumentTypeError(f"must be an id of a report, or at least {LEAST_PREFIX} characters of one")
    if not _REPORT_ID.fullmatch(beginning + _ANY_ID[len(beginning) :]):
        raise argparse.ArgumentTypeError("must be an id of a report, or how one begins: digits, a to f and hyphens")
    return beginning


def count(text: str) -> int:
    """Return a whole number from 1.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)
