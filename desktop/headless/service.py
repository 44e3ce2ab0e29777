"""The service to talk to: the one of a profile, or a local backend that lives as long as it is needed.

commands, notebook ── a profile, or none ──▶ **service** ──▶ a profile to connect with
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from desktop.local_backend import LocalBackend
from desktop.outside.environment import proxy_of
from desktop.outside.tls.trust import trust
from desktop.sign_in.profiles import Profile

TOLD_AFTER_S = 1.0
STARTING = "Starting the local backend. The first start takes up to a minute."

Tell = Callable[[str], None]
"""Print a sentence about what is under way. Called from another thread."""


@contextmanager
def service(profile: Profile | None, tell: Tell) -> Iterator[Profile]:
    """Yield a profile to connect with; without one start a local backend, and stop it at the end.

    Raises:
        LocalBackendFailed: It did not start.
        WrongEnvironment: The proxy or the certificates that a variable names cannot be used.
    """
    with _local(tell) if profile is None else nullcontext(profile) as found:
        proxy_of(found.endpoint)
        if found.endpoint.startswith("wss:"):
            trust()
        yield found


@contextmanager
def _local(tell: Tell) -> Iterator[Profile]:
    backend = LocalBackend()
    try:
        with told_when_slow(STARTING, tell):
            profile = backend.ready()
        yield profile
    finally:
        backend.stop()


@contextmanager
def told_when_slow(words: str, tell: Tell) -> Iterator[None]:
    """Tell what is under way if it takes longer than a second."""
    timer = threading.Timer(TOLD_AFTER_S, tell, [words])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
