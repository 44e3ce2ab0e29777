"""The emulator's process, which ends with whoever started it.

emulator (parent) ── stdin pipe ──▶ **guarded** ──▶ MiniStack and the functions it starts

The parent holds the other end of stdin for as long as it lives. At its end, however the parent ended, this process
removes its directory and kills its whole group, so nothing is left behind.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading


def main() -> None:
    """Run MiniStack until it ends or the parent does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from ministack.app import main as run_ministack  # noqa: PLC0415  reads its environment while it is imported

    sys.argv = ["ministack"]
    run_ministack()


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
