"""`reportwire generate`: one report, its progress, its link or its file.

arguments ──▶ **run** ──▶ actions.generate
"""

import argparse
from pathlib import Path

from desktop.commands.arguments import add_json, add_service, completing_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    parser.add_argument("definition", metavar="DEFINITION", help="the report's id, as `reportwire catalog` shows it")
    parser.add_argument("-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE", help="a parameter")
    parser.add_argument("--format", help="the file format; else the one PATH is named after, else the report's first")
    parser.add_argument(
        "--format-option",
        dest="format_options",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the file format, such as delimiter=';', delimiter=tab or bom=true for csv",
    )
    parser.add_argument(
        "--set", dest="set_name", metavar="NAME", help="start from a parameter set; -p, --format and PATH override it"
    )
    parser.add_argument(
        "--save-set", metavar="NAME", help="keep the parameters and the format as a set, in the place of one called so"
    )
    completing_files(
        parser.add_argument(
            "--output",
            type=Path,
            metavar="PATH",
            help="save the file there, checked; PATH.xlsx also means --format xlsx",
        )
    )
    add_json(parser, "print the final snapshot instead of the link")
    add_service(parser)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from desktop.commands.actions import generate  # noqa: PLC0415  loaded once it is chosen

    return generate.run(args)
