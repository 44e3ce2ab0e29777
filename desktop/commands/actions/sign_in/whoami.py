"""Who asks, by the profile: a person who signed in, or AWS credentials.

arguments ──▶ **run** ──▶ signers ──▶ standard output
"""

import argparse
from datetime import UTC, datetime

from desktop.commands.actions.service import named
from desktop.commands.actions.sign_in.issuer import signing
from desktop.commands.exits import Exit, Stop
from desktop.commands.output.lines import print_line
from desktop.headless.conversation import LOG_IN
from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.findings import Found, NotSignedIn
from desktop.sign_in.profiles import Profile
from desktop.sign_in.signers import signer_of
from desktop.wording.examination import Step, sign_in_not_needed, signed_in, signed_in_at


def run(args: argparse.Namespace) -> int:
    """Print who asks, and return the exit status."""
    profile = named(args)
    print_line(_step(profile).text if profile else sign_in_not_needed().text)
    return Exit.DONE


def _step(profile: Profile) -> Step:
    now = datetime.now(UTC).astimezone()
    with signing():
        found = _found(profile)
    if isinstance(profile.auth, OidcAuth):
        return signed_in_at(profile.auth.host, found.who, found.ends_at, now)
    return signed_in(found.origin, profile.auth.aws_profile, found.ends_at, now)


def _found(profile: Profile) -> Found:
    try:
        return signer_of(profile).describe()
    except NotSignedIn as error:
        if isinstance(profile.auth, OidcAuth):
            raise Stop(Exit.NO_CONNECTION, f"{error} {LOG_IN}") from error
        raise
