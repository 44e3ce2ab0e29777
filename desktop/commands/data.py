"""`reportwire data`: one's own datasets, on this machine or in a deployed stack.

arguments ──▶ **add_arguments** ──▶ infra.local.datasets ──▶ standard output
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backend.catalog.query import DATASET_NAME, is_dataset_name
from backend.protocol.printable import printable
from desktop.commands.exits import Exit, Stop, needing
from desktop.commands.service import add_profile, load_profile
from desktop.wording import numbers

if TYPE_CHECKING:
    from infra.local.datasets.keeping import Added, Listed
    from infra.local.datasets.places import BucketAddress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="make files a dataset, in the place of the one of that name if there is one")
    add.set_defaults(run=_add)
    add.add_argument("name", metavar="NAME", type=_dataset, help="the dataset's name, by which reports read it")
    add.add_argument("files", metavar="FILE", type=Path, nargs="+", help="CSV or Parquet; all have the same columns")
    add.add_argument(
        "--delimiter", metavar="CHARACTER", type=_delimiter, help="between the cells of CSV; found unless given"
    )
    add.add_argument(
        "--text", metavar="COLUMN", action="append", default=[], help="keep a column of CSV as text; may be repeated"
    )
    add.add_argument("--dry-run", action="store_true", help="say how the files are read, and add nothing")
    show = commands.add_parser("list", help="show what datasets there are")
    show.set_defaults(run=_list)
    show.add_argument("--json", action="store_true", help="print JSON")
    remove = commands.add_parser("remove", help="remove a dataset")
    remove.set_defaults(run=_remove)
    remove.add_argument("name", metavar="NAME", type=_dataset, help="the dataset's name")
    for command in (add, show, remove):
        command.add_argument("--bucket", help="a deployed stack's, its output datasetsBucket; else this machine's data")
        add_profile(command, "whose region and sign-in to use")


def _dataset(text: str) -> str:
    if not is_dataset_name(text):
        raise argparse.ArgumentTypeError(f"must be {DATASET_NAME}")
    return text


def _delimiter(text: str) -> str:
    found = {r"\t": "\t", "tab": "\t"}.get(text, text)
    if len(found) != 1 or found in '"\r\n':
        raise argparse.ArgumentTypeError("must be one character, or tab")
    return found


def _run(command: Callable[[], str]) -> int:
    from infra.local.errors import DataError, LocalBackendError  # noqa: PLC0415  needs the extra `local`

    try:
        sys.stdout.write(printable(command()))
    except (DataError, LocalBackendError) as error:
        sys.stderr.write(f"reportwire data: {printable(str(error))}\n")
        return Exit.FAILED
    return Exit.DONE


@needing("local")
def _add(args: argparse.Namespace) -> int:
    from infra.local.datasets import keeping  # noqa: PLC0415  needs the extra `local`

    bucket, reading = _bucket(args), keeping.Reading(args.delimiter, tuple(args.text))
    if args.dry_run:
        return _run(lambda: f"{_say_extent(args.name, keeping.examine(args.files, reading))}Nothing was added.\n")
    return _run(lambda: _say_added(args.name, keeping.add(args.name, args.files, bucket, reading), bucket))


@needing("local")
def _list(args: argparse.Namespace) -> int:
    from infra.local.datasets import keeping  # noqa: PLC0415  needs the extra `local`

    bucket, say = _bucket(args), _as_json if args.json else _as_table
    return _run(lambda: say(keeping.listed(bucket)))


@needing("local")
def _remove(args: argparse.Namespace) -> int:
    from infra.local.datasets import keeping  # noqa: PLC0415  needs the extra `local`

    bucket = _bucket(args)
    back = "; the sample data of that name is back"
    return _run(lambda: f"{args.name}: removed{back if keeping.remove(args.name, bucket) else ''}.\n")


def _bucket(args: argparse.Namespace) -> "BucketAddress | None":
    """Return the bucket to work on, None for this machine's datasets."""
    from infra.local.datasets.places import BucketAddress  # noqa: PLC0415  needs the extra `local`

    if not args.bucket:
        if "profile" in args:
            raise Stop(Exit.USAGE, "A profile goes with --bucket, the stack's output datasetsBucket.")
        return None
    if "profile" not in args:
        return BucketAddress(args.bucket)
    profile = load_profile(args.profile)
    auth = profile.auth
    return BucketAddress(args.bucket, profile.region, auth.aws_profile, auth.access_key_id, auth.secret_access_key)


def _say_added(name: str, added: "Added", bucket: "BucketAddress | None") -> str:
    hides = "It hides the sample data of that name.\n" if added.hides_sample else ""
    since = "The local backend has it from its next start" if bucket is None else "Reports that start now read it"
    return f"{_say_extent(name, added)}{hides}{since}.\n"


def _say_extent(name: str, added: "Added") -> str:
    shape = added.shape
    extent = f"{shape.row_count:,} rows of {len(shape.columns):,} columns, {numbers.say_size(added.size_bytes)}"
    replaced = ", in the place of what was there" if added.is_replaced else ""
    columns = ", ".join(f"{column} {kind}" for column, kind in shape.columns)
    notes = "".join(f"{note}.\n" for note in added.notes)
    return f"{name}: {extent}{replaced}.\nColumns: {columns}.\n{notes}"


def _as_json(listed: Sequence["Listed"]) -> str:
    rows = [
        {"name": each.name, "rowCount": each.row_count, "sizeBytes": each.size_bytes, "source": each.source}
        for each in listed
    ]
    return json.dumps(rows, indent=2) + "\n"


def _as_table(listed: Sequence["Listed"]) -> str:
    lines = [("Name", "Rows", "Size", "From")]
    for each in listed:
        count = "" if each.row_count is None else numbers.say_count(each.row_count)
        lines.append((each.name, count, numbers.say_size(each.size_bytes), each.source))
    name, rows, size = (max(len(line[column]) for line in lines) for column in range(3))
    return "".join(f"{a:{name}}  {b:>{rows}}  {c:>{size}}  {d}\n" for a, b, c, d in lines)
