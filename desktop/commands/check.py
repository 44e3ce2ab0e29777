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
    parser.add_argument("--engine", choices=["trino"], help="whether it can be compiled for Trino and Athena")
    parser.add_argument("--sql", action="store_true", help="with --engine: print the compiled SQL")
    parser.add_argument("--write", action="store_true", help="with --engine: write it beside the file, for the service")


@needing("local")
def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    if args.engine is None and (args.sql or args.write):
        raise Stop(Exit.USAGE, "--sql and --write go with --engine trino.")
    if args.engine is not None and args.parameters:
        raise Stop(Exit.USAGE, "A report is compiled for all values of its parameters: leave -p out.")

    from backend.authoring import checking  # noqa: PLC0415  needs the extra `local`
    from infra.local.datasets import local_datasets  # noqa: PLC0415
    from infra.local.errors import LocalBackendError  # noqa: PLC0415

    try:
        datasets = local_datasets.directories()
    except LocalBackendError as error:
        raise Stop(Exit.FAILED, f"{error}.") from error
    if args.engine is None:
        return checking.run(args.files, datasets, args.parameters)

    from backend.authoring.distributed import checking as compiling  # noqa: PLC0415  takes a second

    return compiling.run(args.files, datasets, shows_sql=args.sql, writes=args.write)
