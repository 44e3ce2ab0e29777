"""The local backend in the foreground.

`reportwire local` ──▶ **serve** ──▶ backend, kept reports; ──▶ the profile, on stdout
"""

import json
import sys
from collections.abc import Callable
from functools import cache, partial

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from backend.protocol.printable import printable
from backend.service.ports import StoreUnavailable
from infra.local import kept_reports
from infra.local.backend import supervised
from infra.local.datasets.local_datasets import default_data_dir
from infra.local.foreground import in_foreground, wait
from infra.local.kept_reports import KeptReports

LOOK_S = 1.0
"""How often the newest reports are kept while the backend runs: what is lost without a word where it is killed."""
LOOKS = 30
"""After so many all are."""
SIGN_IN = "reportwire local: sign in as {name} with the password {password}\n"
"""Said once, and kept nowhere: the next start has another."""


def serve(port: int | None, auth: str = "iam") -> int:
    """Run the backend until it is stopped, as `in_foreground` does; return the exit code.

    Once ready, the profile stands on stdout as one line of JSON. With `auth` oidc, analysts sign in with tokens: name
    and password of one are on stderr.
    """
    return in_foreground(partial(_run, port, auth))


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
            while True:
                for _ in range(LOOKS):
                    wait(emulator, within_s=LOOK_S)
                    _try(kept.look)
                _try(kept.keep)
        except KeyboardInterrupt:
            _try(partial(kept.keep, is_end=True))
            raise


def _try(step: Callable[[], None]) -> None:
    """Do what the backend can do without: a full disk, or a folder that is not to be written, is said and no more."""
    try:
        step()
    except (OSError, BotoCoreError, ClientError, Boto3Error, StoreUnavailable) as error:
        _complain(printable(str(error)))


@cache
def _complain(reason: str) -> None:
    """Say a reason once, as the step is tried again and again."""
    sys.stderr.write(f"reportwire local: reports of before: {reason}\n")
