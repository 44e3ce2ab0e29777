"""The end of a sign-in: the issuer is told, and the keyring forgets.

arguments ──▶ **run** ──▶ sign_in.oidc
"""

import argparse

from desktop.commands.actions.sign_in.issuer import issuer_of, signing
from desktop.commands.exits import Exit
from desktop.commands.output.lines import print_line
from desktop.sign_in.signers import sign_in_of


def run(args: argparse.Namespace) -> int:
    """Sign out, and return the exit status."""
    with signing():
        print_line(sign_in_of(issuer_of(args)).end() or "You are signed out.")
    return Exit.DONE
