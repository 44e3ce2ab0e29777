"""`reportwire reports`, `watch`, `cancel` and `download`: reports that were asked for, here or elsewhere.

arguments ──▶ **run** and others ──▶ actions.reports, actions.watch, actions.cancel, actions.download
"""

import argparse
from pathlib import Path

from backend.protocol.lifecycle import State
from desktop.commands.arguments import add_json, add_report, add_service, completing_files, count

REPORTS = 50
FINAL_SNAPSHOT = "print the final snapshot"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `reports` takes."""
    parser.set_defaults(run=run)
    parser.add_argument(
        "--limit", type=count, default=REPORTS, metavar="N", help=f"how many to show, the newest; {REPORTS} if left out"
    )
    parser.add_argument(
        "--state",
        dest="states",
        type=str.upper,
        choices=[str(state) for state in State],
        nargs="+",
        action="extend",
        default=[],
        metavar="STATE",
        help=f"only reports in these states, of {', '.join(State)}",
    )
    parser.add_argument(
        "--search",
        dest="words",
        nargs="+",
        action="extend",
        default=[],
        metavar="WORD",
        help="only reports with every word in their id, name, parameters, file name or error",
    )
    add_json(parser)
    add_service(parser)


def add_watch_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `watch` takes."""
    parser.set_defaults(run=watch)
    add_report(parser)
    add_json(parser, f"{FINAL_SNAPSHOT} instead of the link")


def add_cancel_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `cancel` takes."""
    parser.set_defaults(run=cancel)
    add_report(parser)
    add_json(parser, FINAL_SNAPSHOT)


def add_download_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `download` takes."""
    parser.set_defaults(run=download)
    add_report(parser)
    completing_files(
        parser.add_argument("--output", type=Path, metavar="PATH", required=True, help="save the file there, checked")
    )
    add_json(parser, FINAL_SNAPSHOT)


def run(args: argparse.Namespace) -> int:
    """Show what was asked for, and return the exit status."""
    from desktop.commands.actions import reports  # noqa: PLC0415  loaded once it is chosen

    return reports.run(args)


def watch(args: argparse.Namespace) -> int:
    """Wait for the end of a report, and return the exit status."""
    from desktop.commands.actions import watch  # noqa: PLC0415  loaded once it is chosen

    return watch.run(args)


def cancel(args: argparse.Namespace) -> int:
    """Stop a report, and return the exit status."""
    from desktop.commands.actions import cancel  # noqa: PLC0415  loaded once it is chosen

    return cancel.run(args)


def download(args: argparse.Namespace) -> int:
    """Save the file of a report, and return the exit status."""
    from desktop.commands.actions import download  # noqa: PLC0415  loaded once it is chosen

    return download.run(args)
