"""`reportwire doctor`: what works from here to the service.

arguments ──▶ **run** ──▶ doctor.examine ──▶ standard output
"""

import argparse
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING

from desktop.commands.exits import Exit
from desktop.commands.service import add_service, named, transport_of
from desktop.commands.terminal import print_json, print_line, print_steps, say, showing_steps
from desktop.wording.examination import Check, Outcome, Step, conclude

if TYPE_CHECKING:
    from desktop.sign_in.profiles import Profile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--details", action="store_true", help="print a text to paste into a ticket, without secrets")
    add_service(parser)


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    import asyncio  # noqa: PLC0415  what takes long to load is not needed for `--help`

    from desktop.headless.service import service  # noqa: PLC0415
    from desktop.sign_in.profiles import with_transport  # noqa: PLC0415

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


async def _examine(profile: "Profile", args: argparse.Namespace) -> Mapping[Check, Step]:
    from desktop.doctor.details import details  # noqa: PLC0415
    from desktop.doctor.examination import examine  # noqa: PLC0415

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
