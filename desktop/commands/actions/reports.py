"""The caller's reports, as many as asked for of those asked for.

arguments ──▶ **run** ──▶ headless ──▶ **chosen** ──▶ standard output
"""

import argparse
from collections.abc import Iterable, Sequence

from backend.protocol.messages import Snapshot
from desktop.commands.actions.conversing import converse
from desktop.commands.actions.service import named
from desktop.commands.output.lines import say
from desktop.commands.output.tables import print_json, print_reports
from desktop.headless.conversation import headless, listed
from desktop.sign_in.profiles import Profile
from desktop.wording.catalog import say_typed

NONE = "There are no reports."
NONE_HERE = "There are no reports: without --profile each command starts a local backend, which is new and has none."


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    return converse(args, named(args), lambda profile: reports(profile, args))


async def reports(profile: Profile, args: argparse.Namespace) -> None:
    """Print the newest of the reports that were asked for, and mention it if there are more, or none."""
    async with headless(profile) as session:
        snapshots = await session.until(listed)
    found = chosen(snapshots, args.states, args.words)
    shown = found[: args.limit]
    if args.json:
        print_json(shown)
    else:
        print_reports(shown, [snapshot.report_id for snapshot in snapshots])
    if len(found) > len(shown):
        say(f"These are the newest {len(shown):,} of {len(found):,} reports: see --limit.")
    if not found and not args.json:
        say(_say_none(len(snapshots), is_local="profile" not in args))


def chosen(snapshots: Iterable[Snapshot], states: Sequence[str], words: Iterable[str]) -> list[Snapshot]:
    """Return the reports in one of the states, if any are named, that every word is found in, whatever its case."""
    wanted = [part.casefold() for word in words for part in word.split()]
    return [
        snapshot
        for snapshot in snapshots
        if (not states or snapshot.state in states) and all(word in _text_of(snapshot) for word in wanted)
    ]


def _text_of(snapshot: Snapshot) -> str:
    """Return all of a report that is searched, parameters as they are typed."""
    parameters = (f"{name}={say_typed(value)}" for name, value in snapshot.parameters.items())
    file_name = snapshot.result.file_name if snapshot.result else ""
    error = snapshot.error.message if snapshot.error else ""
    parts = (snapshot.report_id, snapshot.definition, snapshot.format, *parameters, file_name, error)
    return "\n".join(parts).casefold()


def _say_none(known: int, *, is_local: bool) -> str:
    if known:
        return f"None of the {known:,} reports is such a one."
    return NONE_HERE if is_local else NONE
