"""The local backend in the foreground.

`reportwire local` ──▶ **serve** ──▶ backend, kept reports; ──▶ the profile, on stdout
"""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from backend.protocol.printable import printable
from infra.local import kept_reports
from infra.local.backend import supervised
from infra.local.datasets.local_datasets import default_data_dir
from infra.local.emulator.process import Emulator
from infra.local.errors import LocalBackendError
from infra.local.kept_reports import KeptReports

KEEP_S = 30.0
"""How often reports are kept while the backend runs: what is lost where it is killed."""
SIGN_IN = "reportwire local: sign in as {name} with the password {password}\n"
"""Said once, and kept nowhere: the next start has another."""
STOPPING = (signal.SIGINT, signal.SIGTERM)


def serve(port: int | None, auth: str = "iam") -> int:
    """Run the backend until SIGINT, SIGTERM or the end of a piped stdin; return the exit code.

    Once ready, the profile stands on stdout as one line of JSON. Errors are written to stderr, one line each. To be
    called from the main thread. With `auth` oidc, analysts sign in with tokens: name and password of one are on stderr.
    """
    try:
        with _stoppable():
            _run(port, auth)
    except KeyboardInterrupt:
        return 0
    except LocalBackendError as error:
        sys.stderr.write(f"reportwire local: {printable(str(error))}\n")
    return 1


def _run(port: int | None, auth: str) -> None:
    settings = {} if auth == "iam" else {"auth": auth}
    with supervised(port, None, own_data=default_data_dir(), settings=settings) as (backend, emulator):
        kept = KeptReports(backend, kept_reports.default_folder())
        try:
            _try(kept.restore)
            sys.stdout.write(json.dumps(backend.profile) + "\n")
            sys.stdout.flush()
            if backend.sign_in:
                sys.stderr.write(SIGN_IN.format(name=backend.sign_in.name, password=backend.sign_in.password))
                sys.stderr.flush()
            while not _has_ended(emulator, within_s=KEEP_S):
                _try(kept.keep)
        except KeyboardInterrupt:
            _try(partial(kept.keep, is_end=True))
            raise
    raise LocalBackendError("the emulator ended by itself")


def _has_ended(emulator: Emulator, within_s: float) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        emulator.process.wait(within_s)
    return emulator.process.poll() is not None


def _try(step: Callable[[], None]) -> None:
    """Do what the backend can do without: a full disk, or a folder that is not to be written, is said and no more."""
    try:
        step()
    except (OSError, BotoCoreError, ClientError, Boto3Error) as error:
        sys.stderr.write(f"reportwire local: reports of before: {printable(str(error))}\n")


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
