"""Datasets added, listed and removed.

arguments ──▶ **ACTIONS** ──▶ infra.local.datasets ──▶ standard output
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from backend.protocol.printable import printable
from desktop.commands.actions.service import load_profile
from desktop.commands.exits import Exit, Stop, needing
from desktop.sign_in.auth import IamAuth
from desktop.wording import numbers

FEW_ROWS, SOME_FILES = 10_000, 20
"""Rows of a partition, on average, below which so many files cost more to open than they save."""

if TYPE_CHECKING:
    from backend.engine.layout import Layout
    from infra.local.datasets.bucket import BucketAddress
    from infra.local.datasets.keeping import Added, Listed, SampleAdded
    from infra.local.datasets.partitioning import ByColumn


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
    if args.sample:
        address = _for_sample(args, bucket)
        return _run(lambda: _say_sample(keeping.add_sample(address)))
    by = _columns(args)
    if not args.files:
        raise Stop(Exit.USAGE, "NAME and FILE are missing, or --sample with --bucket.")
    if args.dry_run:
        return _run(lambda: f"{_say_extent(args.name, keeping.examine(args.files, reading, by))}Nothing was added.\n")
    return _run(lambda: _say_added(args.name, keeping.add(args.name, args.files, bucket, reading, by), bucket))


def _columns(args: argparse.Namespace) -> Sequence["ByColumn"]:
    """Return what the rows are divided by."""
    if not args.partition_by:
        return ()
    from infra.local.datasets.partitioning import ByColumn  # noqa: PLC0415  needs the extra `local`

    return [ByColumn(column, unit) for column, unit in args.partition_by]


def _for_sample(args: argparse.Namespace, bucket: "BucketAddress | None") -> "BucketAddress":
    if args.name or args.delimiter or args.text or args.dry_run or args.partition_by:
        raise Stop(Exit.USAGE, "--sample goes with --bucket and --profile alone.")
    if bucket is None:
        raise Stop(Exit.USAGE, "This machine has the sample data already: --sample needs the --bucket of a stack.")
    return bucket


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
    from infra.local.datasets.bucket import BucketAddress  # noqa: PLC0415  needs the extra `local`

    if not args.bucket:
        if "profile" in args:
            raise Stop(Exit.USAGE, "A profile goes with --bucket, the stack's output datasetsBucket.")
        return None
    if "profile" not in args:
        return BucketAddress(args.bucket)
    profile = load_profile(args.profile)
    auth = profile.auth
    if not isinstance(auth, IamAuth):
        raise Stop(Exit.USAGE, "A bucket is written with AWS credentials, and this profile signs in otherwise.")
    return BucketAddress(args.bucket, profile.region, auth.aws_profile, auth.access_key_id, auth.secret_access_key)


def _say_added(name: str, added: "Added", bucket: "BucketAddress | None") -> str:
    hides = "It hides the sample data of that name.\n" if added.hides_sample else ""
    since = "The local backend has it from its next start" if bucket is None else "Reports that start now read it"
    return f"{_say_extent(name, added)}{hides}{since}.\n"


def _say_sample(added: Sequence["SampleAdded"]) -> str:
    lines = (
        f"{each.name}: {'there already' if each.was_there else 'added'}, {numbers.say_size(each.size_bytes)}.\n"
        for each in added
    )
    return "".join(lines) + "Reports that start now read it.\n"


def _say_extent(name: str, added: "Added") -> str:
    shape = added.shape
    extent = f"{shape.row_count:,} rows of {len(shape.columns):,} columns, {numbers.say_size(added.size_bytes)}"
    divided = f", in {_say_partitions(added.layout)}" if added.layout else ""
    replaced = ", in the place of what was there" if added.is_replaced else ""
    columns = ", ".join(f"{column} {kind}" for column, kind in shape.columns)
    notes = "".join(f"{note}.\n" for note in added.notes)
    advice = _advise(added.layout) if added.layout else ""
    return f"{name}: {extent}{divided}{replaced}.\nColumns: {columns}.\n{notes}{advice}"


def _advise(layout: "Layout") -> str:
    count = len(layout.parts)
    rows = layout.row_count // count
    if count < SOME_FILES or rows >= FEW_ROWS:
        return ""
    return f"Some {rows:,} rows a partition are few: a report on all of them opens {count:,} files, and is slower.\n"


def _say_partitions(layout: "Layout") -> str:
    count = len(layout.parts)
    return f"{count:,} partition{'s' if count > 1 else ''} by {', '.join(map(str, layout.keys))}"


def _as_json(listed: Sequence["Listed"]) -> str:
    return json.dumps([_row(each) for each in listed], indent=2) + "\n"


def _row(listed: "Listed") -> dict[str, object]:
    row: dict[str, object] = {
        "name": listed.name, "rowCount": listed.row_count, "sizeBytes": listed.size_bytes, "source": listed.source
    }  # fmt: skip
    if listed.layout is None:
        return row
    parts = [
        {"path": part.path, "rowCount": part.row_count, "sizeBytes": part.size_bytes} for part in listed.layout.parts
    ]
    return {**row, "partitionedBy": list(map(str, listed.layout.keys)), "partitions": parts}


def _as_table(listed: Sequence["Listed"]) -> str:
    lines = [("Name", "Rows", "Size", "Partitions", "From")]
    for each in listed:
        count = "" if each.row_count is None else numbers.say_count(each.row_count)
        partitions = numbers.say_count(len(each.layout.parts)) if each.layout else ""
        lines.append((each.name, count, numbers.say_size(each.size_bytes), partitions, each.source))
    if not any(line[3] for line in lines[1:]):
        lines = [(*line[:3], "", line[4]) for line in lines]
    name, rows, size, parts = (max(len(line[column]) for line in lines) for column in range(4))
    between = "  " if parts else ""
    return "".join(f"{a:{name}}  {b:>{rows}}  {c:>{size}}{between}{d:>{parts}}  {e}\n" for a, b, c, d, e in lines)


ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {"add": _add, "list": _list, "remove": _remove}
"""What each of the commands does, by its name."""
