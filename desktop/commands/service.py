"""The service that a command names, or a local one.

generate, catalog, reports ──▶ **converse** ──▶ headless
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import get_args

from desktop.commands.exits import Exit
from desktop.commands.terminal import complain, say
from desktop.headless.service import service
from desktop.sign_in import profiles
from desktop.sign_in.profiles import Profile, Transport, with_transport


def add_profile(parser: argparse.ArgumentParser, purpose: str = "the service; else a local one is started") -> None:
    """Add the argument that names a profile."""
    parser.add_argument("--profile", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=purpose)


def add_service(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name a service, and the way to it."""
    add_profile(parser)
    parser.add_argument(
        "--transport",
        choices=get_args(Transport),
        default=argparse.SUPPRESS,
        help="how to reach the service: over a WebSocket, over plain HTTPS, or whichever works (auto)",
    )


def add_query_arguments(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    """Add what a command takes that asks the service one question."""
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_service(parser)


def load_profile(path: Path) -> Profile:
    """Read a profile, and warn of keys in it that others can read. Raises `InvalidProfile`."""
    profile = profiles.load(path)
    if warning := profiles.exposed_keys(path, profile):
        complain(warning)
    return profile


def named(args: argparse.Namespace) -> Profile | None:
    """Return the profile that was named, used as was asked. Raises `InvalidProfile`."""
    return with_transport(load_profile(args.profile), transport_of(args)) if "profile" in args else None


def transport_of(args: argparse.Namespace) -> Transport | None:
    """Return the way that was asked for, if one was."""
    return args.transport if "transport" in args else None


def converse(args: argparse.Namespace, command: Callable[[Profile], Coroutine[None, None, None]]) -> int:
    """Run a command against the service that was named, or a local one that lives as long."""
    with service(named(args), say) as profile:
        asyncio.run(command(with_transport(profile, transport_of(args))))
    return Exit.DONE
