"""Entry point of the desktop: reads the command line and runs the command it names.

`reportwire …` ──▶ **main** ──▶ commands
"""

import argparse
import sys
from collections.abc import Sequence

from desktop.commands import catalog, check, data, generate, local, reports, window
from desktop.commands.conversation import Unreachable
from desktop.commands.exits import Exit, Stop
from desktop.commands.terminal import complain
from desktop.local_backend import LocalBackendFailed
from desktop.sign_in.profiles import InvalidProfile

COMMANDS = {
    "generate": (generate, "generate one report"),
    "catalog": (catalog, "show what can be generated"),
    "reports": (reports, "show what was generated"),
    "local": (local, "run the local backend until interrupted"),
    "data": (data, "add, list and remove the data that reports read"),
    "check": (check, "check the SQL files of reports"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = _parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except Stop as stop:
        complain(str(stop))
        return stop.status
    except InvalidProfile as error:
        complain(str(error))
        return Exit.USAGE
    except (Unreachable, LocalBackendFailed) as error:
        complain(str(error))
        return Exit.NO_CONNECTION
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reportwire", description="Generate reports that take a while.")
    window.add_arguments(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (command, purpose) in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=purpose))
    return parser


if __name__ == "__main__":
    sys.exit(main())
