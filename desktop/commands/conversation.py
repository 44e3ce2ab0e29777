"""A session without a window, with the service that a command names or with a local one.

generate, catalog, reports ──▶ **converse** ──▶ store, client ──▶ the answer waited for, or why it will not come
"""

import argparse
import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from backend.protocol.messages import DefinitionInfo
from desktop.commands.exits import Exit, Stop
from desktop.commands.judgement import Judgement
from desktop.commands.terminal import complain, say
from desktop.local_backend import LocalBackend
from desktop.outside.environment import WrongEnvironment, proxy_of, trust
from desktop.outside.patience import OUT_OF_REACH_S
from desktop.session.events import Event, Received
from desktop.session.state import Session
from desktop.session.store import Store
from desktop.sign_in import profiles
from desktop.sign_in.profiles import Profile
from desktop.sign_in.sigv4 import Signer
from desktop.transport.client import Client

TOLD_AFTER_S = 1.0
LOOK_S = 0.25
"""How often to look whether it is time to give up."""

T = TypeVar("T")


class Unreachable(Exception):
    """There is no connection; the sentence says why."""


class Headless:
    """A store whose client runs, for a command that waits for one thing after another."""

    def __init__(
        self, store: Store, clock: Callable[[], float], running: asyncio.Task[None], judgement: Judgement
    ) -> None:
        self.store = store
        self._clock = clock
        self._running = running
        self._judgement = judgement

    def hurry(self) -> None:
        """Wait no longer than it takes to hear from a service that is there."""
        self._judgement.hurry(self._clock())

    async def until(self, pick: Callable[[Session], T | None]) -> T:
        """Return what `pick` finds in the session as soon as it finds something.

        Raises:
            Unreachable: The service refuses the sign-in, has a bad certificate, is out of reach or does not answer.
            Stop: Somebody was in a hurry, and nothing came.
        """
        changed = asyncio.Event()
        stop = self.store.listen(lambda _: changed.set())
        try:
            while (found := pick(self.store.session)) is None:
                if self._running.done():
                    self._running.result()
                self._check()
                changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):  # `wait_for` may swallow a Ctrl-C that comes with an event
                        await changed.wait()
        finally:
            stop()
        return found

    def _check(self) -> None:
        now = self._clock()
        if fault := self._judgement.fault(self.store.session.connection, now):
            raise Unreachable(fault)
        if self._judgement.is_left(now):
            raise Stop(Exit.INTERRUPTED, "Stopped. The service does not answer; the report may go on.")


@asynccontextmanager
async def headless(profile: Profile, *, out_of_reach_s: float = OUT_OF_REACH_S) -> AsyncIterator[Headless]:
    """Run a client for as long as the block lasts."""
    store, judgement = Store(), Judgement(time.monotonic(), out_of_reach_s=out_of_reach_s)

    def dispatch(event: Event) -> None:
        if isinstance(event, Received):
            judgement.hear(event.message, event.at)
        store.dispatch(event)

    client = Client(profile, Signer(profile), dispatch)
    store.connect(client.send)
    running = asyncio.create_task(client.run())
    try:
        yield Headless(store, time.monotonic, running, judgement)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def catalog_of(known: Session) -> Sequence[DefinitionInfo] | None:
    """Return the catalog once it is known. Raises `Stop` where the service refused it."""
    return answer_of(known, known.catalog)


def answer_of(known: Session, answer: T | None) -> T | None:
    """Return the answer; stop where the service refused to give one, instead of waiting for ever."""
    if answer is None and known.notice:
        raise Stop(Exit.FAILED, known.notice)
    return answer


def add_profile(parser: argparse.ArgumentParser, purpose: str = "the service; else a local one is started") -> None:
    """Add the argument that names a profile."""
    parser.add_argument("--profile", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=purpose)


def add_query_arguments(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    """Add what a command takes that asks the service one question."""
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_profile(parser)


def load_profile(path: Path) -> Profile:
    """Read a profile, and warn of keys in it that others can read. Raises `InvalidProfile`."""
    profile = profiles.load(path)
    if warning := profiles.exposed_keys(path, profile):
        complain(warning)
    return profile


def converse(args: argparse.Namespace, command: Callable[[Profile], Coroutine[None, None, None]]) -> int:
    """Run a command against the service that was named, or a local one that lives as long."""
    with _service(args) as profile:
        _check_environment(profile)
        asyncio.run(command(profile))
    return Exit.DONE


@contextmanager
def _told_when_slow(words: str) -> Iterator[None]:
    """Say what is under way if it takes longer than a second."""
    timer = threading.Timer(TOLD_AFTER_S, say, [words])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _check_environment(profile: Profile) -> None:
    """Check the settings that every connection will need, before anything is asked."""
    try:
        proxy_of(profile.endpoint)
        if profile.endpoint.startswith("wss:"):
            trust()
    except WrongEnvironment as error:
        raise Stop(Exit.USAGE, str(error)) from error


@contextmanager
def _service(args: argparse.Namespace) -> Iterator[Profile]:
    if "profile" in args:
        yield load_profile(args.profile)
        return
    backend = LocalBackend()
    try:
        with _told_when_slow("Starting the local backend. The first start takes up to a minute."):
            profile = backend.ready()
        yield profile
    finally:
        backend.stop()
