"""`reportwire` without a command: the window.

arguments ──▶ **run** ──▶ start
"""

import argparse

from desktop.commands.arguments import add_service


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    add_service(parser)


def run(args: argparse.Namespace) -> int:
    """Show the window until it is closed and return the exit status."""
    from desktop.commands.actions.service import named, transport_of  # noqa: PLC0415
    from desktop.commands.window import qt_check  # noqa: PLC0415  loaded once it is chosen
    from desktop.outside.signals import Asked, at_signals  # noqa: PLC0415

    ended = Asked()
    at_signals(ended.ask)
    qt_check.check()
    from desktop import loading  # noqa: PLC0415

    loading.begin()
    from desktop import start  # noqa: PLC0415  fails where Qt does, so only after the check

    return start.run(named(args), ended, transport_of(args))
