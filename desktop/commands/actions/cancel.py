"""A report, cancelled.

arguments ──▶ **run** ──▶ headless ──▶ exit status
"""

import argparse

from backend.protocol.lifecycle import State
from desktop.commands.actions.conversing import converse
from desktop.commands.actions.lookup import find
from desktop.commands.actions.service import named
from desktop.commands.exits import Exit, Stop
from desktop.commands.output.lines import say
from desktop.commands.output.tables import print_json
from desktop.headless.conversation import headless
from desktop.headless.report import stop
from desktop.sign_in.profiles import Profile


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    return converse(args, named(args), lambda profile: cancel(profile, args.report_id, is_json=args.json))


async def cancel(profile: Profile, beginning: str, *, is_json: bool) -> None:
    """Have a report stopped, and wait until it is; one that was cancelled before is as good.

    Raises:
        Stop: There is no such report, or it ended in another way.
        ReportError: The service refuses, or the end did not come.
    """
    async with headless(profile) as session:
        found = await find(session, beginning)
        ended = await stop(session, found.report_id)
    if is_json:
        print_json(ended)
    if ended.state is not State.CANCELLED:
        raise Stop(Exit.FAILED, f"The report had ended before it could be cancelled: {ended.state}.")
    say("The report is cancelled.")
