"""Which way to the service is taken: a WebSocket, or HTTPS where no WebSocket gets through.

client ──▶ **Opening** ──▶ websocket.connect, polling.connect ──▶ a line on which the service was heard

A connection counts once its ping was answered: a handshake proves nothing, as there are proxies that accept one and
swallow what follows. HTTPS is tried once something that is not the service refuses the WebSocket, or when nothing was
heard for a while; the WebSocket is tried again beside it, and taken as soon as it answers.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from msgspec import Struct
from msgspec.structs import replace

from backend.protocol.codec import TransportFrame, decode_message, encode_request
from backend.protocol.messages import ErrorMessage, Ping, PongMessage, Request
from desktop.outside.network import Network, look
from desktop.session.reference import Question, Reference
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.profiles import Profile
from desktop.transport import polling, websocket
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.line import Connect, Line, Sign
from desktop.transport.remembered import FORGETFUL, Remembered
from desktop.transport.timing import Timing

log = logging.getLogger(__name__)

PING = Reference(Question.PING).encode()
FLAPS = 2
"""A WebSocket that breaks so often in a row, soon after it was opened, is one that the network does not bear."""


class Opened(Struct, frozen=True):
    """A line that has answered, and what is to be closed after it."""

    line: Line
    stack: AsyncExitStack
    over_https: bool
    is_fallback: bool = False


class Ways(Struct, frozen=True, kw_only=True):
    """The ways there are, and what is known of them."""

    socket: Connect = websocket.connect
    https: Connect = polling.connect
    remembered: Remembered = FORGETFUL
    look: Callable[[str], Network] = look


class Opening:
    """Opens lines, each by the way that works."""

    def __init__(
        self, profile: Profile, sign: Sign, timing: Timing, ways: Ways, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._profile = profile
        self._sign = sign
        self._timing = timing
        self._ways = ways
        self._clock = clock
        self._can_choose = profile.transport == "auto" and profile.https is not None
        self._first_at: float | None = None
        """When the WebSocket was first tried in vain."""
        self._is_blocked = self._can_choose and ways.remembered.is_blocked(profile.endpoint)
        self._wait_s = timing.upgrade_every[0]
        self._next_at = clock()
        """When to try the WebSocket again beside HTTPS."""
        self._network: Network | None = None
        """The network in which the WebSocket was tried last."""
        self._trying: asyncio.Task[Opened] | None = None
        self._flaps = 0
        self._hurry = asyncio.Event()

    def hurry(self) -> None:
        """Try the WebSocket now."""
        self._hurry.set()

    async def open(self) -> Opened:
        """Open a line by the way that is to be taken now.

        Raises:
            ConnectionFailed: There is none.
            NotSignedIn, SignInUnreachable: There is nothing to sign with.
        """
        if self._profile.transport == "https":
            return await self._open(over_https=True)
        if not self._can_choose:
            return await self._open(over_https=False)
        if self._is_blocked:
            return await self._fall_back(None)
        return await self._try_both()

    async def better(self) -> Opened:
        """Return a WebSocket, as soon as one answers beside the HTTPS that is used meanwhile."""
        while True:
            if self._trying is None:
                await self._until_next_try()
                self._trying = self._begin()
            trying = self._trying
            while not trying.done() and not self._is_hurried():
                await self._look_up(trying)
            self._trying = None
            if not trying.done():  # in another network, or as somebody thinks that it would work now
                await drop(trying)
                self._next_at = self._clock()
                continue
            try:
                opened = trying.result()
            except (ConnectionFailed, NotSignedIn, SignInUnreachable):
                self._postpone()
            except Exception:  # HTTPS works: it must not end for that
                log.exception("the WebSocket failed")
                self._postpone()
            else:
                self._is_blocked = False
                return opened

    def lost(self, opened: Opened, lived_s: float) -> None:
        """Take note that a line ended that was not closed here."""
        if opened.over_https or not self._can_choose:
            return
        if lived_s >= self._timing.healthy_after:
            self._prove()
            return
        self._flaps += 1
        if self._flaps >= FLAPS:
            self._block()

    def prove(self, opened: Opened) -> None:
        """Take note that a line has lived for long enough to be trusted."""
        if not opened.over_https:
            self._prove()

    async def close(self) -> None:
        """Give up what is being tried."""
        if self._trying is not None:
            trying, self._trying = self._trying, None
            await drop(trying)

    def _prove(self) -> None:
        self._flaps, self._first_at, self._wait_s = 0, None, self._timing.upgrade_every[0]
        if self._can_choose:
            self._ways.remembered.note(self._profile.endpoint, is_blocked=False)

    def _block(self) -> None:
        """Take HTTPS from now on; a network that has shown it only once is tried again soon."""
        self._is_blocked, self._first_at = True, None
        if self._flaps and self._flaps < FLAPS:
            self._next_at = self._clock() + self._timing.recheck
        else:
            self._postpone()

    def _postpone(self) -> None:
        self._next_at = self._clock() + self._wait_s
        self._wait_s = min(self._wait_s * 2, self._timing.upgrade_every[1])

    def _begin(self) -> "asyncio.Task[Opened]":
        self._network = self._ways.look(self._profile.endpoint)
        self._hurry.clear()
        return asyncio.create_task(self._open(over_https=False))

    async def _try_both(self) -> Opened:
        """Try the WebSocket, and HTTPS once that is refused by what is not the service, or says nothing for long."""
        self._first_at = self._clock() if self._first_at is None else self._first_at
        trying = self._trying = self._trying or self._begin()
        left_s = self._first_at + self._timing.fallback_after - self._clock()
        left_s = max(left_s, self._timing.fallback_after / 5)  # or HTTPS would come first after every outage
        await asyncio.wait({trying}, timeout=left_s)
        if not trying.done():
            return await self._fall_back(trying)
        self._trying = None
        try:
            opened = trying.result()
        except ConnectionFailed as failed:
            is_late = self._clock() - self._first_at >= self._timing.fallback_after
            if not failed.outage.is_blocked and (failed.outage.remedy is not Remedy.WAIT or not is_late):
                raise
            if failed.outage.is_blocked:
                self._flaps += isinstance(failed, BrokenEarly)
                self._block()
            return await self._fall_back(trying)
        self._first_at = None
        return opened

    async def _fall_back(self, trying: "asyncio.Task[Opened] | None") -> Opened:
        """Open HTTPS; where the network lets that through no more than the WebSocket, whatever comes of the latter."""
        try:
            opened = replace(await self._open(over_https=True), is_fallback=True)
        except ConnectionFailed as failed:
            if trying is None or failed.outage.remedy is not Remedy.WAIT:
                self._is_blocked = self._is_blocked and failed.outage.remedy is not Remedy.WAIT
                raise
            self._is_blocked, self._trying = False, None
            return await trying
        if self._is_blocked and not 0 < self._flaps < FLAPS:
            self._ways.remembered.note(self._profile.endpoint, is_blocked=True)
        return opened

    def _is_hurried(self) -> bool:
        """Return whether to try the WebSocket at once. In another network, what is known of the last one is void."""
        is_elsewhere = self._ways.look(self._profile.endpoint) != self._network
        if is_elsewhere:
            self._wait_s = self._timing.upgrade_every[0]
        return is_elsewhere or self._hurry.is_set()

    async def _until_next_try(self) -> None:
        while not self._is_hurried() and self._next_at > self._clock():
            await self._look_up()

    async def _look_up(self, *trying: "asyncio.Task[Opened]") -> None:
        """Wait until it is time to look at the network, or at the next try, or until there is a reason to be quick."""
        left_s = self._timing.network_look if trying else min(self._timing.network_look, self._next_at - self._clock())
        hurried = asyncio.create_task(self._hurry.wait())
        try:
            await asyncio.wait({hurried, *trying}, timeout=max(0.0, left_s), return_when=asyncio.FIRST_COMPLETED)
        finally:
            hurried.cancel()

    async def _open(self, *, over_https: bool) -> Opened:
        """Open a line and wait until the service is heard on it."""
        connect = self._ways.https if over_https else self._ways.socket
        is_up = False
        try:
            async with AsyncExitStack() as stack:
                line = await stack.enter_async_context(connect(self._profile, self._sign, self._timing))
                is_up = True
                async with asyncio.timeout(self._timing.open_timeout):
                    await ping(line)
                return Opened(line, stack.pop_all(), over_https)
        except TimeoutError as error:
            reason = "The service accepts the connection and does not answer."
            raise ConnectionFailed(Outage(Remedy.WAIT, reason, is_blocked=True)) from error
        except (BrokenEarly, NotHeard):
            raise
        except ConnectionFailed as failed:
            if is_up and not over_https and failed.outage.remedy is Remedy.WAIT:
                raise BrokenEarly(replace(failed.outage, is_blocked=True)) from failed
            raise


class BrokenEarly(ConnectionFailed):
    """A WebSocket broke before the service was heard on it: something on the way does not bear it, or was just lost."""


class NotHeard(ConnectionFailed):
    """The service itself refused to answer, or closed the connection."""


async def ping(line: Line) -> None:
    """Send a ping, and wait until the service is heard.

    Raises:
        ConnectionFailed: The line ends before that, or the service refuses to answer.
    """
    await line.send(encode_request(Request(Ping(), PING)))
    async for frame in line:
        with contextlib.suppress(TransportFrame):
            message = decode_message(frame)
            if isinstance(message, PongMessage):
                return
            if isinstance(message, ErrorMessage):
                wait_s = message.error.retry_after
                raise NotHeard(Outage(Remedy.WAIT, message.error.message, None if wait_s is None else float(wait_s)))
    raise NotHeard(Outage(Remedy.WAIT, "The service closed the connection."))


async def close(opened: Opened) -> None:
    """Close a line that nobody uses."""
    with contextlib.suppress(ConnectionFailed):
        async with opened.stack:
            await opened.line.close()


async def drop(trying: "asyncio.Task[Opened]") -> None:
    """End an attempt, or the line it has opened meanwhile."""
    trying.cancel()
    (outcome,) = await asyncio.gather(trying, return_exceptions=True)
    if isinstance(outcome, Opened):
        await close(outcome)
