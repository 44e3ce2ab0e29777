"""The command line: reads the arguments, runs the command they name, and says how it ended.

main ──▶ **run** ──▶ commands ──▶ exit status
"""

import argparse
import contextlib
import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

from desktop.commands import catalog, check, completion, data, doctor, generate, local, reports, sets, signing
from desktop.commands.arguments import Parser
from desktop.commands.exits import Exit
from desktop.commands.output.lines import complain
from desktop.commands.window import command as window
from desktop.outside import version

PROGRAM = "reportwire"
COMMANDS = {
    "generate": (generate.add_arguments, "generate one report"),
    "catalog": (catalog.add_arguments, "show what can be generated"),
    "reports": (reports.add_arguments, "show what was generated"),
    "watch": (reports.add_watch_arguments, "show the progress of a report until it ends"),
    "cancel": (reports.add_cancel_arguments, "stop a report"),
    "download": (reports.add_download_arguments, "save the file of a report"),
    "login": (signing.add_login_arguments, "sign in, in the browser"),
    "logout": (signing.add_logout_arguments, "sign out"),
    "whoami": (signing.add_whoami_arguments, "show who is signed in"),
    "doctor": (doctor.add_arguments, "find out what works from here to the service"),
    "sets": (sets.add_arguments, "show, export, import and delete named parameters"),
    "local": (local.add_arguments, "run the local backend until interrupted"),
    "data": (data.add_arguments, "add, list and remove the data that reports read"),
    "check": (check.add_arguments, "check the SQL files of reports"),
    "completion": (completion.add_arguments, "print what makes a shell complete these commands"),
}
"""What adds the arguments of each command, and what it does in a few words."""
BY_SIGNAL = 128
"""An exit status that names the signal which ended a program, as shells have it."""
_ENDING = [signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__]


class Ended(KeyboardInterrupt):
    """Somebody ended the program by a signal: everything is undone as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = BY_SIGNAL + number


class PrintVersion(argparse.Action):
    """Print the version that is installed and end, as `--help` does; it is looked up only here."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the program's version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:  # noqa: ANN401  as argparse has it
        """Print it."""
        print(PROGRAM, version.installed())  # noqa: T201
        parser.exit()


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        with _undone_when_ended():
            status = _run(arguments)
            sys.stdout.flush()
            return status
    except Ended as ended:
        return ended.status
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return BY_SIGNAL + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else Exit.FAILED
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            _forget_output()
        complain(f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}.")
        return Exit.FAILED
    except Exception as error:  # noqa: BLE001  the last resort: a line, not a page; the message may quote what is secret
        place = traceback.extract_tb(error.__traceback__)[-1]
        complain(f"This is a fault of reportwire: {type(error).__name__} in {place.filename}, line {place.lineno}.")
        return Exit.FAILED


def _run(arguments: Sequence[str] | None) -> int:
    args = make_parser().parse_args(arguments)
    from desktop.commands.actions import ending  # noqa: PLC0415  help and wrong usage end before it

    return ending.run(args)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = Parser(prog=PROGRAM, description="Generate reports that take a while.")
    window.add_arguments(parser)
    parser.add_argument("--version", action=PrintVersion)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (add_arguments, purpose) in COMMANDS.items():
        add_arguments(commands.add_parser(name, help=purpose))
    return parser


@contextlib.contextmanager
def _undone_when_ended() -> Iterator[None]:
    """Raise `Ended` at a signal that would end the program with half-done things left; one that is ignored stays so."""
    usual = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]

    def end(number: int, _frame: FrameType | None) -> None:
        raise Ended(number)

    for number in usual:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)


def _forget_output() -> None:
    """Send what is left of the output nowhere: Python would try once more at its end, and complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
