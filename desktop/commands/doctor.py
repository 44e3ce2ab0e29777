"""`reportwire doctor`: what works from here to the service, or whether a distributed engine would run its reports.

arguments ──▶ **run** ──▶ actions.doctor
"""

import argparse
from pathlib import Path

from desktop.commands.arguments import add_json, add_service, completing_files
from desktop.commands.exits import Exit, Stop


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    form = parser.add_mutually_exclusive_group()
    add_json(form)
    form.add_argument("--details", action="store_true", help="print a text to paste into a ticket, without secrets")
    completing_files(
        parser.add_argument(
            "--engine",
            type=Path,
            metavar="FILE",
            help="ask the distributed engine of a stack, whose output `engine` is in the file, about every report",
        )
    )
    add_service(parser)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    if args.engine is not None:
        if args.details or "profile" in args or "transport" in args:
            raise Stop(Exit.USAGE, "--engine asks no service: leave --details, --profile and --transport out.")

        from desktop.commands.actions.doctor import engine  # noqa: PLC0415  loads what asks an engine

        return engine.run(args)

    from desktop.commands.actions.doctor import connection  # noqa: PLC0415  loads what talks to a service

    return connection.run(args)
