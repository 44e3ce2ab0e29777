"""`reportwire catalog`: what can be generated.

arguments ──▶ **run** ──▶ actions.catalog
"""

import argparse

from desktop.commands.arguments import add_json, add_service


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    add_json(parser)
    add_service(parser)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from desktop.commands.actions import catalog  # noqa: PLC0415  loaded once it is chosen

    return catalog.run(args)
