"""`reportwire completion`: what makes a shell complete commands and their arguments.

arguments ──▶ **run** ──▶ shtab ──▶ standard output
"""

import argparse

from desktop.commands.exits import Exit

SHELLS = ("bash", "zsh", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.set_defaults(run=run)
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"one of {', '.join(SHELLS)}")


def run(args: argparse.Namespace) -> int:
    """Print the shell's script and return the exit status."""
    import shtab  # noqa: PLC0415  loaded once it is chosen

    from desktop.commands.output.lines import print_line  # noqa: PLC0415
    from desktop.commands.program import make_parser  # noqa: PLC0415  which imports this module

    print_line(shtab.complete(make_parser(), args.shell))
    return Exit.DONE
