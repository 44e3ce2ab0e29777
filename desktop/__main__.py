"""Composition root of the desktop: reads the command line and puts together what it asks for.

`reportwire …` ──▶ **main** ──▶ window, cli, or the local backend
"""

import argparse
import asyncio
import contextlib
import re
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.commands import generate
from desktop.commands.conversation import Unreachable
from desktop.commands.generate import Exit, Stop
from desktop.commands.request import Order
from desktop.commands.terminal import complain
from desktop.local_backend import LocalBackend, LocalBackendFailed
from desktop.sign_in import profiles
from desktop.sign_in.profiles import InvalidProfile, Profile

if TYPE_CHECKING:
    from infra.local.datasets.places import BucketAddress


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
    parser.set_defaults(run=_window)
    _add_profile(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_generate(commands.add_parser("generate", help="generate one report"))
    _add_query(commands.add_parser("catalog", help="show what can be generated"), _catalog)
    _add_query(commands.add_parser("reports", help="show what was generated"), _reports)
    _add_local(commands.add_parser("local", help="run the local backend until interrupted"))
    _add_data(commands.add_parser("data", help="add, list and remove the data that reports read"))
    _add_check(commands.add_parser("check", help="check the SQL files of reports"))
    return parser


def _add_profile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="the service; else a local one is started",
    )


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_generate)
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
        "--output", type=Path, metavar="PATH", help="save the file there, checked; PATH.xlsx also means --format xlsx"
    )
    parser.add_argument("--json", action="store_true", help="print the final snapshot instead of the link")
    _add_profile(parser)


def _add_query(parser: argparse.ArgumentParser, run: object) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_profile(parser)


def _add_local(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_local)
    parser.add_argument("--port", type=_port, help="the port on 127.0.0.1; else a free one")


def _add_data(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="make files a dataset, in the place of the one of that name if there is one")
    add.set_defaults(run=_data_add)
    add.add_argument("name", metavar="NAME", type=_dataset, help="the dataset's name, by which reports read it")
    add.add_argument("files", metavar="FILE", type=Path, nargs="+", help="CSV or Parquet; all have the same columns")
    show = commands.add_parser("list", help="show what datasets there are")
    show.set_defaults(run=_data_list)
    show.add_argument("--json", action="store_true", help="print JSON")
    remove = commands.add_parser("remove", help="remove a dataset")
    remove.set_defaults(run=_data_remove)
    remove.add_argument("name", metavar="NAME", type=_dataset, help="the dataset's name")
    for command in (add, show, remove):
        command.add_argument("--bucket", help="a deployed stack's, its output datasetsBucket; else this machine's data")
        command.add_argument(
            "--profile", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="whose region and sign-in to use"
        )


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_check)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="a report's SQL file")
    parser.add_argument(
        "-p", dest="parameters", metavar="name=value", action="append", default=[], help="other than the default"
    )


def _dataset(text: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9_]{0,62}", text):
        raise argparse.ArgumentTypeError("must be a letter and at most 62 more, digits or _, all in lower case")
    return text


def _port(text: str) -> int:
    last = 65535
    if not text.isdecimal() or not 0 < int(text) <= last:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {last}")
    return int(text)


def _generate(args: argparse.Namespace) -> int:
    output = args.output.absolute() if args.output else None
    order = Order(
        args.definition, args.parameters, args.format, output, is_json=args.json, format_options=args.format_options
    )
    generate.check_order(order)
    status = _converse(args, lambda profile: generate.generate(profile, order))
    if output is None and "profile" not in args:
        sys.stderr.write("The link no longer works: the local backend has ended. Save the file with --output.\n")
    return status


def _catalog(args: argparse.Namespace) -> int:
    return _converse(args, lambda profile: generate.catalog(profile, is_json=args.json))


def _reports(args: argparse.Namespace) -> int:
    return _converse(args, lambda profile: generate.reports(profile, is_json=args.json))


def _local(args: argparse.Namespace) -> int:
    from infra.local.serve import serve  # noqa: PLC0415  only this command needs the extra `local`

    return serve(args.port)


def _data_add(args: argparse.Namespace) -> int:
    from infra.local.datasets import commands  # noqa: PLC0415  as above

    return commands.add(args.name, args.files, _bucket(args))


def _data_list(args: argparse.Namespace) -> int:
    from infra.local.datasets import commands  # noqa: PLC0415  as above

    return commands.show(_bucket(args), is_json=args.json)


def _data_remove(args: argparse.Namespace) -> int:
    from infra.local.datasets import commands  # noqa: PLC0415  as above

    return commands.remove(args.name, _bucket(args))


def _bucket(args: argparse.Namespace) -> "BucketAddress | None":
    """Return the bucket to work on, None for this machine's datasets."""
    from infra.local.datasets.places import BucketAddress  # noqa: PLC0415  as above

    if not args.bucket:
        if "profile" in args:
            raise Stop(Exit.USAGE, "A profile goes with --bucket, the stack's output datasetsBucket.")
        return None
    if "profile" not in args:
        return BucketAddress(args.bucket)
    profile = _load(args.profile)
    auth = profile.auth
    return BucketAddress(args.bucket, profile.region, auth.aws_profile, auth.access_key_id, auth.secret_access_key)


def _check(args: argparse.Namespace) -> int:
    from infra.local.datasets import commands  # noqa: PLC0415  as above
    from infra.local.errors import LocalBackendError  # noqa: PLC0415

    try:
        from backend.authoring import checking  # noqa: PLC0415  needs DuckDB

        return checking.run(args.files, commands.directories(), args.parameters)
    except ModuleNotFoundError as error:
        raise Stop(Exit.FAILED, f"This needs {error.name}: pip install 'reportwire[local]'.") from error
    except LocalBackendError as error:
        raise Stop(Exit.FAILED, f"{error}.") from error


def _window(args: argparse.Namespace) -> int:
    from desktop.commands import qt_check  # noqa: PLC0415  the other commands need no Qt

    qt_check.check()
    from desktop import app  # noqa: PLC0415  fails where Qt does, so only after the check

    return app.run(_load(args.profile) if "profile" in args else None)


def _load(path: Path) -> Profile:
    profile = profiles.load(path)
    if warning := profiles.exposed_keys(path, profile):
        complain(warning)
    return profile


def _converse(args: argparse.Namespace, command: Callable[[Profile], Coroutine[None, None, None]]) -> int:
    with _service(args) as profile:
        asyncio.run(command(profile))
    return Exit.DONE


@contextlib.contextmanager
def _service(args: argparse.Namespace) -> Iterator[Profile]:
    """Give the profile of the service to talk to, and start it first if it is the local one."""
    if "profile" in args:
        yield _load(args.profile)
        return
    backend = LocalBackend()
    try:
        yield backend.ready()
    finally:
        backend.stop()


if __name__ == "__main__":
    sys.exit(main())
