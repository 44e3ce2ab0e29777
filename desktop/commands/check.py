"""`reportwire check`: whether reports' SQL files are right.

arguments ──▶ **run** ──▶ backend.authoring
"""

import argparse
from pathlib import Path

from desktop.commands.arguments import completing_files
from desktop.commands.exits import Exit, Stop, needing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    completing_files(parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="a report's SQL file"))
    parser.add_argument(
        "-p", dest="parameters", metavar="name=value", action="append", default=[], help="other than the default"
    )


@needing("local")
def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from backend.authoring import checking  # noqa: PLC0415  needs the extra `local`
    from infra.local.datasets import local_datasets  # noqa: PLC0415
    from infra.local.errors import LocalBackendError  # noqa: PLC0415

    try:
        return checking.run(args.files, local_datasets.directories(), args.parameters)
    except LocalBackendError as error:
        raise Stop(Exit.FAILED, f"{error}.") from error
