"""A sign-in in the browser, kept in the system's keyring for the commands and windows to come.

arguments ──▶ **run** ──▶ sign_in.oidc
"""

import argparse

from desktop.commands.actions.sign_in.issuer import issuer_of, signing
from desktop.commands.exits import Exit, Stop
from desktop.commands.output.lines import print_line, say
from desktop.outside import browsers
from desktop.sign_in.signers import sign_in_of

NOT_KEPT = (
    "You are signed in, but there is no keyring here that could keep that: it ends with this command. "
    "You will sign in again next time."
)


def run(args: argparse.Namespace) -> int:
    """Sign in, and return the exit status."""
    sign_in = sign_in_of(issuer_of(args))
    with signing():
        sign_in.begin(_browse)
    status = sign_in.status
    if status is None or not status.is_kept:
        raise Stop(Exit.FAILED, NOT_KEPT)
    print_line(f"Signed in as {status.person.name}." if status.person else "Signed in.")
    return Exit.DONE


def _browse(address: str) -> None:
    if not browsers.open_in_browser(address):
        say("Open this address in a browser on this computer:")
        print_line(address)
    say("Waiting for the browser…")
