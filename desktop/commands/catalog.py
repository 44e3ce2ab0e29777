"""`reportwire catalog`: what can be generated.

arguments ──▶ **run** ──▶ headless ──▶ standard output
"""

import argparse

from desktop.commands.service import add_query_arguments, converse
from desktop.commands.terminal import print_catalog, print_json
from desktop.headless.conversation import catalog_of, headless
from desktop.sign_in.profiles import Profile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_query_arguments(parser, run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    return converse(args, lambda profile: catalog(profile, is_json=args.json))


async def catalog(profile: Profile, *, is_json: bool) -> None:
    """Print what can be generated."""
    async with headless(profile) as session:
        definitions = await session.until(catalog_of)
    if is_json:
        print_json(definitions)
    else:
        print_catalog(definitions)
