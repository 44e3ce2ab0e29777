"""The file of a report that was asked for earlier or elsewhere.

arguments ──▶ **run** ──▶ headless ──▶ file, exit status
"""

import argparse
from pathlib import Path

from backend.protocol.lifecycle import State, is_terminal
from backend.protocol.messages import Snapshot
from desktop.commands.actions.conversing import converse
from desktop.commands.actions.lookup import find
from desktop.commands.actions.service import check_place, named
from desktop.commands.exits import Exit, Stop
from desktop.commands.output.lines import say
from desktop.commands.output.progress import FileProgress
from desktop.commands.output.tables import print_json
from desktop.headless.conversation import headless
from desktop.headless.report import check_success, save
from desktop.headless.request import named_format
from desktop.sign_in.profiles import Profile
from desktop.wording.numbers import say_size


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    profile, output = named(args), args.output.absolute()
    check_place(output)
    return converse(args, profile, lambda found: download(found, args.report_id, output, is_json=args.json))


async def download(profile: Profile, beginning: str, output: Path, *, is_json: bool) -> None:
    """Save a report's file in a place that was checked.

    Raises:
        Stop: There is no such report, or it has no file, or one of another format.
        ReportError: The report failed, or its file could not be saved.
    """
    async with headless(profile) as session:
        found = await find(session, beginning)
        _check_file(found, output)
        with FileProgress() as progress:
            saved = await save(session, found.report_id, output, progress.show)
    say(f"{output}: {say_size(saved.total_bytes)}, saved and checked.")
    if is_json:
        print_json(found)


def _check_file(snapshot: Snapshot, output: Path) -> None:
    if not is_terminal(snapshot.state):
        raise Stop(Exit.FAILED, f"The report has not ended: `reportwire watch {snapshot.report_id}` waits for it.")
    if snapshot.state is State.CANCELLED:
        raise Stop(Exit.FAILED, "The report was cancelled, and has no file.")
    check_success(snapshot)
    if named_format(output) not in {None, snapshot.format}:
        raise Stop(Exit.USAGE, f"--output is named after {named_format(output)}, and the report is {snapshot.format}.")
