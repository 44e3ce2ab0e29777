"""`reportwire reports`: what was generated.

arguments ──▶ **run** ──▶ conversation ──▶ standard output
"""

import argparse

from desktop.commands.conversation import add_query_arguments, answer_of, converse, headless
from desktop.commands.terminal import print_json, print_reports
from desktop.session.state import Session
from desktop.sign_in.profiles import Profile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_query_arguments(parser, run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    return converse(args, lambda profile: reports(profile, is_json=args.json))


async def reports(profile: Profile, *, is_json: bool) -> None:
    """Print the caller's newest reports."""
    async with headless(profile) as session:
        known = await session.until(_listed)
    snapshots = [entry.snapshot for entry in known.entries.values() if entry.snapshot]
    snapshots.sort(key=lambda snapshot: snapshot.created_at, reverse=True)
    if is_json:
        print_json(snapshots)
    else:
        print_reports(snapshots)


def _listed(known: Session) -> Session | None:
    return answer_of(known, known if known.is_listed else None)
