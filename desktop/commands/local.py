"""`reportwire local`: the local backend in the foreground.

arguments ──▶ **run** ──▶ infra.local.serve
"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    parser.add_argument("--port", type=_port, help="the port on 127.0.0.1; else a free one")


def run(args: argparse.Namespace) -> int:
    """Carry out the command and return its exit status."""
    from infra.local.serve import serve  # noqa: PLC0415  only this command needs the extra `local`

    return serve(args.port)


def _port(text: str) -> int:
    last = 65535
    if not text.isdecimal() or not 0 < int(text) <= last:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {last}")
    return int(text)
