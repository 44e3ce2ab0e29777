"""The service that a command names.

actions, window ──▶ **named**, **transport_of** ──▶ profiles
"""

import argparse
from pathlib import Path

from desktop.commands.exits import Exit, Stop
from desktop.commands.output.lines import complain
from desktop.outside.places import UnusablePlace, proved
from desktop.sign_in import profiles
from desktop.sign_in.profiles import Profile, Transport, with_transport


def load_profile(path: Path) -> Profile:
    """Read a profile, and warn of keys in it that others can read. Raises `InvalidProfile`."""
    profile = profiles.load(path)
    if warning := profiles.exposed_keys(path, profile):
        complain(warning)
    return profile


def named(args: argparse.Namespace) -> Profile | None:
    """Return the profile that was named, used as was asked. Raises `InvalidProfile`."""
    return with_transport(load_profile(args.profile), transport_of(args)) if "profile" in args else None


def check_place(output: Path) -> None:
    """Check a place for a file, before there is a service to ask.

    Raises:
        Stop: No file can be saved there.
    """
    try:
        proved(output)
    except UnusablePlace as error:
        raise Stop(Exit.USAGE, str(error)) from error


def transport_of(args: argparse.Namespace) -> Transport | None:
    """Return the way that was asked for, if one was."""
    return args.transport if "transport" in args else None
