"""Composition root of the desktop: reads the command line and puts together what it asks for.

`reportwire …` ──▶ **main** ──▶ window, cli, or the local backend
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path

from desktop import cli, profiles
from desktop.cli import Exit, Order, Stop
from desktop.console import complain
from desktop.headless import Unreachable
from desktop.local_backend import LocalBackend, LocalBackendFailed
from desktop.profiles import InvalidProfile, Profile


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
    parser.add_argument("--format", help="the file format")
    parser.add_argument("--output", type=Path, metavar="PATH", help="save the file there, checked")
    parser.add_argument("--json", action="store_true", help="print the final snapshot instead of the link")
    _add_profile(parser)


def _add_query(parser: argparse.ArgumentParser, run: object) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_profile(parser)


def _add_local(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_local)
    parser.add_argument("--port", type=_port, help="the port on 127.0.0.1; else a free one")


def _port(text: str) -> int:
    last = 65535
    if not text.isdecimal() or not 0 < int(text) <= last:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {last}")
    return int(text)


def _generate(args: argparse.Namespace) -> int:
    output = args.output.absolute() if args.output else None
    order = Order(args.definition, args.parameters, args.format, output, is_json=args.json)
    return _converse(args, lambda profile: cli.generate(profile, order))


def _catalog(args: argparse.Namespace) -> int:
    return _converse(args, lambda profile: cli.catalog(profile, is_json=args.json))


def _reports(args: argparse.Namespace) -> int:
    return _converse(args, lambda profile: cli.reports(profile, is_json=args.json))


def _local(args: argparse.Namespace) -> int:
    from infra.local.serve import serve  # noqa: PLC0415  only this command needs the extra `local`

    return serve(args.port)


def _window(args: argparse.Namespace) -> int:
    from desktop import display  # noqa: PLC0415  the other commands need no Qt

    display.check()
    from desktop import app  # noqa: PLC0415  fails where Qt does, so only after the check

    return app.run(profiles.load(args.profile) if "profile" in args else None)


def _converse(args: argparse.Namespace, command: Callable[[Profile], Coroutine[None, None, None]]) -> int:
    with _service(args) as profile:
        asyncio.run(command(profile))
    return Exit.DONE


@contextlib.contextmanager
def _service(args: argparse.Namespace) -> Iterator[Profile]:
    """Give the profile of the service to talk to, and start it first if it is the local one."""
    if "profile" in args:
        yield profiles.load(args.profile)
        return
    backend = LocalBackend()
    try:
        yield backend.ready()
    finally:
        backend.stop()


if __name__ == "__main__":
    sys.exit(main())
