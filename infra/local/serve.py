"""The local backend in the foreground.

`reportwire local` ──▶ **serve** ──▶ backend; ──▶ the profile, on stdout
"""

import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from backend.protocol.printable import printable
from infra.local.backend import supervised
from infra.local.datasets.local_datasets import default_data_dir
from infra.local.errors import LocalBackendError

STOPPING = (signal.SIGINT, signal.SIGTERM)


def serve(port: int | None) -> int:
    """Run the backend until SIGINT, SIGTERM or the end of a piped stdin; return the exit code.

    Once ready, the profile stands on stdout as one line of JSON. Errors are written to stderr, one line each. To be
    called from the main thread.
    """
    try:
        with _stoppable():
            _run(port)
    except KeyboardInterrupt:
        return 0
    except LocalBackendError as error:
        sys.stderr.write(f"reportwire local: {printable(str(error))}\n")
    return 1


def _run(port: int | None) -> None:
    with supervised(port, None, own_data=default_data_dir()) as (backend, emulator):
        sys.stdout.write(json.dumps(backend.profile) + "\n")
        sys.stdout.flush()
        emulator.process.wait()
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
