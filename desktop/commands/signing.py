"""`reportwire login`, `logout` and `whoami`: who asks.

arguments ──▶ **log_in**, **log_out**, **tell** ──▶ actions.sign_in
"""

import argparse

from desktop.commands.arguments import add_profile

PURPOSE = "the service; without one there is nobody to sign in: the local backend knows its own program"


def add_login_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `login` takes."""
    parser.set_defaults(run=log_in)
    add_profile(parser, PURPOSE)


def add_logout_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `logout` takes."""
    parser.set_defaults(run=log_out)
    add_profile(parser, PURPOSE)


def add_whoami_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `whoami` takes."""
    parser.set_defaults(run=tell)
    add_profile(parser, PURPOSE)


def log_in(args: argparse.Namespace) -> int:
    """Sign in, in the browser, and return the exit status."""
    from desktop.commands.actions.sign_in import login  # noqa: PLC0415  loaded once it is chosen

    return login.run(args)


def log_out(args: argparse.Namespace) -> int:
    """Sign out, and return the exit status."""
    from desktop.commands.actions.sign_in import logout  # noqa: PLC0415  loaded once it is chosen

    return logout.run(args)


def tell(args: argparse.Namespace) -> int:
    """Print who is signed in, and return the exit status."""
    from desktop.commands.actions.sign_in import whoami  # noqa: PLC0415  loaded once it is chosen

    return whoami.run(args)
