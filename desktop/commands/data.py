"""`reportwire data`: one's own datasets, on this machine or in a deployed stack.

arguments ──▶ **run** ──▶ actions.data
"""

import argparse
import re
from pathlib import Path

from backend.catalog.query import DATASET_NAME, is_dataset_name
from desktop.commands.arguments import add_json, add_profile, completing_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="make files a dataset, in the place of the one of that name if there is one")
    add.set_defaults(run=run, action="add")
    add.add_argument(
        "name", metavar="NAME", type=_dataset, nargs="?", help="the dataset's name, by which reports read it"
    )
    completing_files(
        add.add_argument(
            "files", metavar="FILE", type=Path, nargs="*", help="CSV or Parquet; all have the same columns"
        )
    )
    add.add_argument(
        "--sample",
        action="store_true",
        help="in the place of NAME and FILE: what the flight reports read, for --bucket",
    )
    add.add_argument(
        "--delimiter", metavar="CHARACTER", type=_delimiter, help="between the cells of CSV; found unless given"
    )
    add.add_argument(
        "--text", metavar="COLUMN", action="append", default=[], help="keep a column of CSV as text; may be repeated"
    )
    add.add_argument(
        "--partition-by",
        metavar="COLUMN[,COLUMN]",
        type=_keys,
        default=(),
        help="divide the rows by columns of few values, or by year(COLUMN) or month(COLUMN), so that a report on some"
        " of these values reads no other rows",
    )
    add.add_argument("--dry-run", action="store_true", help="say how the files are read, and add nothing")
    show = commands.add_parser("list", help="show what datasets there are")
    show.set_defaults(run=run, action="list")
    add_json(show)
    remove = commands.add_parser("remove", help="remove a dataset")
    remove.set_defaults(run=run, action="remove")
    remove.add_argument("name", metavar="NAME", type=_dataset, help="the dataset's name")
    for command in (add, show, remove):
        command.add_argument("--bucket", help="a deployed stack's, its output datasetsBucket; else this machine's data")
        add_profile(command, "whose region and sign-in to use")


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from desktop.commands.actions import data  # noqa: PLC0415  loaded once it is chosen

    return data.ACTIONS[args.action](args)


def _dataset(text: str) -> str:
    if not is_dataset_name(text):
        raise argparse.ArgumentTypeError(f"must be {DATASET_NAME}")
    return text


def _keys(text: str) -> tuple[tuple[str, str | None], ...]:
    """Return columns, each with the unit of time that is asked for."""
    found = [re.fullmatch(r"(?:(year|month)\()?([^(),]+?)(?(1)\))", each.strip()) for each in text.split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError("must be columns, year(COLUMN) or month(COLUMN), with commas between them")
    return tuple((each[2], each[1]) for each in found if each)


def _delimiter(text: str) -> str:
    found = {r"\t": "\t", "tab": "\t"}.get(text, text)
    if len(found) != 1 or found in '"\r\n':
        raise argparse.ArgumentTypeError("must be one character, or tab")
    return found
