"""`reportwire` without a command: the window.

arguments ──▶ **run** ──▶ app
"""

import argparse

from desktop.commands import qt_check
from desktop.commands.service import add_service, named, transport_of
from desktop.outside.signals import Asked, at_signals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    add_service(parser)


def run(args: argparse.Namespace) -> int:
    """Show the window until it is closed and return the exit status."""
    ended = Asked()
    at_signals(ended.ask)
    qt_check.check()
    from desktop import app  # noqa: PLC0415  fails where Qt does, so only after the check

    return app.run(named(args), ended, transport_of(args))
