"""A conversation with the service that a command names, or with a local one.

actions ──▶ **converse** ──▶ headless
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine

from desktop.commands.actions.service import transport_of
from desktop.commands.exits import Exit
from desktop.commands.output.lines import say
from desktop.headless.service import service
from desktop.sign_in.profiles import Profile, with_transport


def converse(
    args: argparse.Namespace, profile: Profile | None, command: Callable[[Profile], Coroutine[None, None, None]]
) -> int:
    """Run a command against the service of the profile that was `named`, or a local one that lives as long."""
    with service(profile, say) as found:
        asyncio.run(command(with_transport(found, transport_of(args))))
    return Exit.DONE
