"""The command line: reads the arguments, runs the command they name, and says how it ended.

main ──▶ **run** ──▶ commands ──▶ exit status
"""

import argparse
import contextlib
import errno
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from types import FrameType

from desktop.commands import window
from desktop.commands.exits import Exit, Stop, status_of
from desktop.commands.terminal import complain
from desktop.headless.errors import ReportError
from desktop.local_backend import LocalBackendFailed
from desktop.outside.environment import WrongEnvironment
from desktop.sign_in.profiles import InvalidProfile

COMMANDS = {
    "generate": "generate one report",
    "catalog": "show what can be generated",
    "reports": "show what was generated",
    "doctor": "find out what works from here to the service",
    "local": "run the local backend until interrupted",
    "data": "add, list and remove the data that reports read",
    "check": "check the SQL files of reports",
}
"""The purpose of each command; the module of its name is loaded once it is asked for, as it loads much."""
BY_SIGNAL = 128
"""An exit status that names the signal which ended a program, as shells have it."""
_ENDING = [signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__]


class Ended(KeyboardInterrupt):
    """Somebody ended the program by a signal: everything is undone as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = BY_SIGNAL + number


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
    try:
        given = sys.argv[1:] if arguments is None else arguments
        args = _parser(given).parse_args(given)
        return int(args.run(args))
    except Stop as stop:
        complain(str(stop))
        return stop.status
    except ReportError as error:
        complain(str(error))
        return status_of(error)
    except (InvalidProfile, WrongEnvironment) as error:
        complain(str(error))
        return Exit.USAGE
    except LocalBackendFailed as error:
        complain(str(error))
        return Exit.NO_CONNECTION


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reportwire", description="Generate reports that take a while.")
    window.add_arguments(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        command = commands.add_parser(name, help=purpose)
        if name in given:
            importlib.import_module(f"desktop.commands.{name}").add_arguments(command)
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
