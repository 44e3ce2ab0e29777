"""`reportwire reports`, `watch`, `cancel` and `download`: reports that were asked for, here or elsewhere.

arguments ──▶ **run** ──▶ actions.reports, actions.watch, actions.cancel, actions.download
"""

import argparse

from desktop.commands.arguments import add_json, add_service, count

REPORTS = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    add_json(parser)
    add_service(parser)
    parser.add_argument(
        "--limit",
        type=count,
        default=REPORTS,
        metavar="N",
        help=f"how many to show, the newest; {REPORTS} if left out",
    )


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from desktop.commands.actions import reports  # noqa: PLC0415  loaded once it is chosen

    return reports.run(args)
