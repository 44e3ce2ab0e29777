"""`reportwire doctor`: what works from here to the service.

arguments ──▶ **run** ──▶ actions.doctor
"""

import argparse

from desktop.commands.arguments import add_json, add_service


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    form = parser.add_mutually_exclusive_group()
    add_json(form)
    form.add_argument("--details", action="store_true", help="print a text to paste into a ticket, without secrets")
    add_service(parser)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from desktop.commands.actions import doctor  # noqa: PLC0415  loads what talks to a service

    return doctor.run(args)
