"""A report that was asked for earlier or elsewhere, until it ends. Ctrl-C leaves it alone.

arguments ──▶ **run** ──▶ headless ──▶ progress, link, exit status
"""

import argparse
import asyncio

from backend.protocol.lifecycle import State
from backend.protocol.messages import Snapshot
from desktop.commands.actions.conversing import converse
from desktop.commands.actions.lookup import find
from desktop.commands.actions.service import named
from desktop.commands.output.lines import print_line, say
from desktop.commands.output.progress import ReportProgress
from desktop.commands.output.tables import print_json
from desktop.headless.conversation import Headless, headless
from desktop.headless.errors import NotSaved
from desktop.headless.report import check_success, end_of, with_link
from desktop.sign_in.profiles import Profile


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    return converse(args, named(args), lambda profile: watch(profile, args.report_id, is_json=args.json))


async def watch(profile: Profile, beginning: str, *, is_json: bool) -> None:
    """Show a report until it ends; then print its link.

    Raises:
        Stop: There is no such report.
        ReportError: It did not succeed, or its end did not come.
    """
    async with headless(profile) as session:
        found = await find(session, beginning)
        ended = await _linked(session, await _end(session, found.report_id))
    if is_json:
        print_json(ended)
    check_success(ended)
    if not is_json and ended.link:
        print_line(ended.link.url)


async def _end(session: Headless, report_id: str) -> Snapshot:
    with ReportProgress(report_id) as progress:
        stop = session.store.listen(progress.show)
        try:
            progress.show(session.store.session)
            return await end_of(session, report_id)
        except asyncio.CancelledError:
            say("Not watched any longer; the report goes on.")
            raise
        finally:
            stop()


async def _linked(session: Headless, ended: Snapshot) -> Snapshot:
    """Return the snapshot with a link where there is one: an expired file does not change how its report ended."""
    if ended.state is not State.SUCCEEDED:
        return ended
    try:
        return await with_link(session, ended.report_id)
    except NotSaved as error:
        say(str(error))
        return ended
