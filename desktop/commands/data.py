"""`reportwire data`: one's own datasets, on this machine or in a deployed stack.

arguments ──▶ **add_arguments** ──▶ infra.local.datasets
"""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.commands.conversation import add_profile, load_profile
from desktop.commands.exits import Exit, Stop

if TYPE_CHECKING:
    from infra.local.datasets.places import BucketAddress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="make files a dataset, in the place of the one of that name if there is one")
    add.set_defaults(run=_add)
    add.add_argument("name", metavar="NAME", type=_dataset, help="the dataset's name, by which reports read it")
    add.add_argument("files", metavar="FILE", type=Path, nargs="+", help="CSV or Parquet; all have the same columns")
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
    if not re.fullmatch("[a-z][a-z0-9_]{0,62}", text):
        raise argparse.ArgumentTypeError("must be a letter and at most 62 more, digits or _, all in lower case")
    return text


def _add(args: argparse.Namespace) -> int:
    from infra.local.datasets import commands  # noqa: PLC0415  needs the extra `local`

    return commands.add(args.name, args.files, _bucket(args))


def _list(args: argparse.Namespace) -> int:
    from infra.local.datasets import commands  # noqa: PLC0415  needs the extra `local`

    return commands.show(_bucket(args), is_json=args.json)


def _remove(args: argparse.Namespace) -> int:
    from infra.local.datasets import commands  # noqa: PLC0415  needs the extra `local`

    return commands.remove(args.name, _bucket(args))


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
