"""`reportwire sets`: named parameters of reports, which the window has too.

arguments ──▶ **run** ──▶ actions.sets
"""

import argparse
from pathlib import Path

from desktop.commands.arguments import Parser, add_json, add_profile, completing_files

PURPOSE = "the service whose sets these are; else the local backend's"


def add_arguments(parser: Parser) -> None:
    """Add what the command takes."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    parser.may_omit("list", commands.choices)
    show = commands.add_parser("list", help="show them; also without this word")
    show.set_defaults(run=run, action="list")
    show.add_argument("definition", metavar="DEFINITION", nargs="?", help="the report; else all of them")
    add_json(show)
    export = commands.add_parser("export", help="write them to a file, to be imported elsewhere")
    export.set_defaults(run=run, action="export")
    completing_files(export.add_argument("file", metavar="FILE", type=Path, help="the file to write"))
    take = commands.add_parser("import", help="add those of an exported file")
    take.set_defaults(run=run, action="import")
    completing_files(take.add_argument("file", metavar="FILE", type=Path, help="a file that was exported"))
    take.add_argument(
        "--replace",
        action="store_true",
        help='replace sets of the same name; else both are kept, and the new one is called "NAME (2)"',
    )
    delete = commands.add_parser("delete", help="delete one")
    delete.set_defaults(run=run, action="delete")
    delete.add_argument("definition", metavar="DEFINITION", help="the report")
    delete.add_argument("name", metavar="NAME", help="the set's name")
    for each in (parser, show, export, take, delete):
        add_profile(each, PURPOSE)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from desktop.commands.actions import sets  # noqa: PLC0415  loaded once it is chosen

    return sets.run(args)
