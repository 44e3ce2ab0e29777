"""The service that a command names, or a local one.

generate, catalog, reports ──▶ **converse** ──▶ headless
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from desktop.commands.exits import Exit
from desktop.commands.terminal import complain, say
from desktop.headless.service import service
from desktop.sign_in import profiles
from desktop.sign_in.profiles import Profile


def add_profile(parser: argparse.ArgumentParser, purpose: str = "the service; else a local one is started") -> None:
    """Add the argument that names a profile."""
    parser.add_argument("--profile", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=purpose)


def add_query_arguments(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    """Add what a command takes that asks the service one question."""
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_profile(parser)


def load_profile(path: Path) -> Profile:
    """Read a profile, and warn of keys in it that others can read. Raises `InvalidProfile`."""
    profile = profiles.load(path)
    if warning := profiles.exposed_keys(path, profile):
        complain(warning)
    return profile


def converse(args: argparse.Namespace, command: Callable[[Profile], Coroutine[None, None, None]]) -> int:
    """Run a command against the service that was named, or a local one that lives as long."""
    with service(load_profile(args.profile) if "profile" in args else None, say) as profile:
        asyncio.run(command(profile))
    return Exit.DONE
