"""The test of a connection, step by step.

arguments ──▶ **run** ──▶ doctor.examine ──▶ standard output
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from contextlib import nullcontext

from desktop.commands.actions.service import named, transport_of
from desktop.commands.exits import Exit
from desktop.commands.output.lines import print_line, say
from desktop.commands.output.steps import print_steps, showing_steps
from desktop.commands.output.tables import print_json
from desktop.doctor.details import details
from desktop.doctor.examination import examine
from desktop.headless.service import service
from desktop.sign_in.profiles import Profile, with_transport
from desktop.wording.examination import Check, Outcome, Step, conclude


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    profile = named(args)
    with nullcontext(profile) if profile else service(None, say) as found:
        steps = asyncio.run(_examine(with_transport(found, transport_of(args)), args))
    return status_of(steps)


def status_of(steps: Mapping[Check, Step]) -> Exit:
    """Return the exit status of a test: a warning is no failure, nor anything else where a report came."""
    failed = {check for check, step in steps.items() if step.outcome is Outcome.FAILED}
    if not failed or steps[Check.REPORT].outcome is Outcome.PASSED:
        return Exit.DONE
    return Exit.FAILED if failed == {Check.REPORT} else Exit.NO_CONNECTION


async def _examine(profile: Profile, args: argparse.Namespace) -> Mapping[Check, Step]:
    steps: dict[Check, Step] = {}
    is_shown = sys.stdout.isatty() and not (args.json or args.details)
    with showing_steps() if is_shown else nullcontext() as show:
        async for step in examine(profile):
            steps[step.check] = step
            if show:
                show(steps.values())
    if args.json:
        print_json(document(profile.name, steps))
    elif args.details:
        print_line(details(profile, steps.values()).rstrip())
    else:
        print_steps([] if is_shown else steps.values())
        print_line(f"\n{conclude(steps.values())}")
    return steps


def document(profile: str, steps: Mapping[Check, Step]) -> Mapping[str, object]:
    """Return the test as it is in JSON."""
    return {
        "profile": profile,
        "conclusion": conclude(steps.values()),
        "steps": [
            {
                "step": step.check.value,
                "title": step.title,
                "outcome": step.outcome.value,
                "sentence": step.sentence,
                "figure": step.figure,
            }
            for step in steps.values()
        ],
    }
