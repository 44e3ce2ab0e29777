"""A process of the local deployment in the foreground, until somebody stops it.

serve, empty ──▶ **in_foreground** ──▶ the emulator, and its end
"""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.protocol.printable import printable
from infra.local.emulator.process import Emulator
from infra.local.errors import LocalBackendError

STOPPING = (signal.SIGINT, signal.SIGTERM)


def in_foreground(run: Callable[[], None]) -> int:
    """Do something until SIGINT, SIGTERM or the end of a piped stdin; return the exit code.

    Errors are written to stderr, one line each. To be called from the main thread.
    """
    try:
        with _stoppable():
            run()
    except KeyboardInterrupt:
        return 0
    except LocalBackendError as error:
        sys.stderr.write(f"reportwire local: {printable(str(error))}\n")
        return 1
    return 0


def wait(emulator: Emulator, within_s: float | None = None) -> None:
    """Wait for so long, or until stopped.

    Raises:
        LocalBackendError: The emulator has ended.
    """
    with contextlib.suppress(subprocess.TimeoutExpired):
        emulator.process.wait(within_s)
    if emulator.process.poll() is not None:
        raise LocalBackendError("the emulator ended by itself")


@contextmanager
def _stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt here on any reason to stop; SIGINT may have been ignored by who started this."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in STOPPING}
    if sys.stdin and _is_piped(sys.stdin.fileno()):
        threading.Thread(target=_stop_at_end_of_stdin, daemon=True).start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_piped(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _stop_at_end_of_stdin() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    main_thread = threading.main_thread().ident
    if main_thread:
        signal.pthread_kill(main_thread, signal.SIGTERM)
