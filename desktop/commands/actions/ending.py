"""One command, carried out, and the exit status of whatever ends it with words of its own.

program ── arguments ──▶ **run** ──▶ the command ──▶ exit status
"""

import argparse

from desktop.commands.exits import Exit, Stop, status_of
from desktop.commands.output.lines import complain
from desktop.headless.errors import ReportError
from desktop.local_backend import LocalBackendFailed
from desktop.outside.environment import WrongEnvironment
from desktop.sign_in.profiles import InvalidProfile


def run(args: argparse.Namespace) -> int:
    """Run the command that the arguments name, print what went wrong, and return the exit status."""
    try:
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
