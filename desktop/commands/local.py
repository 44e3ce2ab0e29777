"""`reportwire local`: the local backend in the foreground.

arguments ──▶ **run** ──▶ infra.local.serve
"""

import argparse
import os

from desktop.commands.exits import needing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    parser.add_argument(
        "--auth",
        choices=("iam", "oidc"),
        default="iam",
        help="how clients sign in: with keys that the profile has, or at a page in the browser",
    )
    parser.add_argument(
        "--empty", action="store_true", help="start the emulator without a stack, for `pulumi up` to make one there"
    )
    parser.add_argument("--port", type=_port, help="the port on 127.0.0.1; else a free one")


@needing("local")
def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    _forget_aws()
    from infra.local.empty import serve_empty  # noqa: PLC0415  as below
    from infra.local.serve import serve  # noqa: PLC0415  needs the extra `local`

    return serve_empty(args.port, args.auth) if args.empty else serve(args.port, args.auth)


def _forget_aws() -> None:
    """Leave the caller's settings for AWS aside, those of files too: this service is on this machine."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "BOTO_"))]:
        del os.environ[name]
    os.environ |= dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)


def _port(text: str) -> int:
    last = 65535
    if not text.isdecimal() or not 0 < int(text) <= last:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {last}")
    return int(text)
