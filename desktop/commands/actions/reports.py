"""`reportwire reports`: what was generated.

arguments ──▶ **run** ──▶ headless ──▶ standard output
"""

import argparse

from desktop.commands.actions.service import converse, named
from desktop.commands.output.lines import say
from desktop.commands.output.tables import print_json, print_reports
from desktop.headless.conversation import answer_of, headless
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    return converse(args, named(args), lambda profile: reports(profile, is_json=args.json, limit=args.limit))


async def reports(profile: Profile, *, is_json: bool, limit: int) -> None:
    """Print the caller's newest reports, and say so if there are more."""
    async with headless(profile) as session:
        known = await session.until(_listed)
    snapshots = [entry.snapshot for entry in known.entries.values() if entry.snapshot]
    snapshots.sort(key=lambda snapshot: snapshot.created_at, reverse=True)
    if is_json:
        print_json(snapshots[:limit])
    else:
        print_reports(snapshots[:limit])
    if len(snapshots) > limit:
        say(f"These are the newest {limit:,} of {len(snapshots):,} reports: see --limit.")


def _listed(known: Session) -> Session | None:
    return answer_of(known, known if known.is_listed else None)
