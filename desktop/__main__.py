"""Entry point of the desktop.

`reportwire …` ──▶ **main** ──▶ commands.program

Loading the program takes a moment, in which Ctrl-C ends it as it ends any: without a traceback.
"""

import signal
import sys
from collections.abc import Sequence

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    from desktop.commands import program  # noqa: PLC0415  see above

    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return program.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
