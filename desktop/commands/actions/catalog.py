"""`reportwire catalog`: what can be generated.

arguments ──▶ **run** ──▶ headless ──▶ standard output
"""

import argparse

from desktop.commands.actions.conversing import converse
from desktop.commands.actions.service import named
from desktop.commands.output.tables import print_catalog, print_json
from desktop.headless.conversation import catalog_of, headless
from desktop.sign_in.profiles import Profile


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    return converse(args, named(args), lambda profile: catalog(profile, is_json=args.json))


async def catalog(profile: Profile, *, is_json: bool) -> None:
    """Print what can be generated."""
    async with headless(profile) as session:
        definitions = await session.until(catalog_of)
    if is_json:
        print_json(definitions)
    else:
        print_catalog(definitions)
