"""The conversation with the service, over one connection after another for as long as the program runs.

session ── requests ──▶ **Client** ──▶ service          service ── frames ──▶ **Client** ── events ──▶ session

A loop of its own instead of websockets' reconnecting iterator, which has no hook for a fresh signature, retries bad
certificates for ever and does not back off from a server that accepts and then closes. Must not import Qt, nor know how
frames travel: that is `opening`'s.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from msgspec import UNSET

from backend.protocol import quotas
from backend.protocol.codec import TransportFrame, decode_message, encode_request
from backend.protocol.messages import ErrorCode, ErrorInfo, ErrorMessage, Ping, Request
from desktop.files.links import vetted
from desktop.session.connection_status import (
    CertificateRefused,
    Closed,
    Connected,
    Connecting,
    Connection,
    SignInNeeded,
    Waiting,
)
from desktop.session.events import ConnectionChanged, Event, Received, Requests, TimePassed
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable
from desktop.sign_in.profiles import Profile
from desktop.transport.backoff import Uniform, delay_s
from desktop.transport.failures import ConnectionFailed, Outage, Remedy, Route, outage_of, unexpected
from desktop.transport.line import Line
from desktop.transport.opening import PING, Opened, Opening, Ways, close, drop
from desktop.transport.signing import Signer, signing
from desktop.transport.timing import Timing

log = logging.getLogger(__name__)


class Client:
    """Runs one connection after another until cancelled."""

    def __init__(
        self,
        profile: Profile,
        signer: Signer,
        dispatch: Callable[[Event], None],
        *,
        ways: Ways | None = None,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
        uniform: Uniform = random.uniform,
    ) -> None:
        self._profile = profile
        self._signer = signer
        self._is_local = urlsplit(profile.endpoint).scheme == "ws"
        self._dispatch = dispatch
        self._timing = timing or Timing()
        self._clock = clock
        self._uniform = uniform
        self._outbox: asyncio.Queue[Request] | None = None
        self._sent_at = 0.0
        self._is_planned = False
        self._retry = asyncio.Event()
        self._leave = asyncio.Event()
        self._opening = Opening(profile, signing(signer, self._timing.credentials), self._timing, ways or Ways(), clock)

    def send(self, requests: Requests) -> None:
        """Send on the open connection. Without one they are dropped: the session repeats what was never answered."""
        if self._outbox is not None:
            for request in requests:
                self._outbox.put_nowait(request)

    def retry_now(self) -> None:
        """Cut the present wait short; over HTTPS, try the WebSocket now."""
        self._retry.set()
        self._opening.hurry()

    def reconnect(self) -> None:
        """Leave the open connection, if there is one, and open another with what there is to sign with now."""
        self._leave.set()
        self._retry.set()

    async def run(self) -> None:
        """Connect, talk, wait, and again."""
        attempt = refusals = 0
        try:
            while True:
                try:
                    opened_at, outage = await self._attempt()
                except Exception as error:  # one connection that fails must not be the last
                    log.exception("a connection failed")
                    opened_at, outage = None, unexpected(error)
                if opened_at is not None and self._clock() - opened_at >= self._timing.healthy_after:
                    attempt = refusals = 0
                refusals = refusals + 1 if outage and outage.remedy is Remedy.SIGN_IN else 0
                if outage:
                    await self._pause(outage, attempt, refusals)
                    attempt += 1
        finally:
            await self._opening.close()
            self._tell(Closed())

    async def _attempt(self) -> tuple[float | None, Outage | None]:
        """Open a connection and talk until it ends; return when it opened and why it ended, if not as planned."""
        self._tell(Connecting())
        opened_at = None
        try:
            opened: Opened | None = await self._opening.open()
            while opened is not None:
                self._is_planned = False
                opened_at = self._clock()
                opened = await self._use(opened, opened_at)
        except (NotSignedIn, SignInUnreachable) as error:
            return None, outage_of(error, Route(urlsplit(self._profile.endpoint).hostname or ""))
        except ConnectionFailed as failed:
            return opened_at, failed.outage
        return opened_at, None if self._is_planned else Outage(Remedy.WAIT, "The service closed the connection.")

    async def _use(self, opened: Opened, opened_at: float) -> Opened | None:
        """Talk on a line until it ends; return the better one that takes its place, if one does."""
        better = None
        try:
            async with opened.stack:
                better = await self._talk(opened)
        except BaseException as error:
            if better:
                await close(better)
            if isinstance(error, ConnectionFailed):
                self._opening.lost(opened, self._clock() - opened_at)
            raise
        if not self._is_planned:
            self._opening.lost(opened, self._clock() - opened_at)
        return better

    async def _talk(self, opened: Opened) -> Opened | None:
        line = opened.line
        self._outbox = asyncio.Queue()
        self._sent_at = self._clock()
        self._leave.clear()
        parts = (self._read(line), self._write(line), self._keep_alive(opened), self._until_left(line))
        tasks = [asyncio.create_task(part) for part in parts]
        better = asyncio.create_task(self._opening.better()) if opened.is_fallback else None
        self._tell(Connected(opened.over_https, opened.is_fallback))
        taken = None
        try:
            awaited: set[asyncio.Task[Any]] = {*tasks, better} if better else {*tasks}
            ended, _ = await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            taken = better.result() if better and better in ended else None
        finally:
            self._outbox = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await line.close()  # also when cancelled: the peer would see 1011 otherwise
            if better and taken is None:
                await drop(better)
        if taken:
            self._is_planned = True
            return taken
        for task in ended:
            task.result()
        return None

    async def _read(self, line: Line) -> None:
        async for frame in line:
            self._hear(frame)

    async def _write(self, line: Line) -> None:
        outbox = self._outbox
        while outbox is not None:
            request = await outbox.get()
            try:
                frame = encode_request(request)
                size = len(frame.encode())
            except (ValueError, TypeError, OverflowError, RecursionError):  # of a parameter
                self._dispatch(
                    Received(_refusal_of(request, "The parameters cannot be written as JSON."), self._clock())
                )
                continue
            if size > quotas.FRAME_SIZE_BYTES:  # API Gateway would close the connection, every time
                self._dispatch(Received(_refusal_of(request, "The parameters are too large."), self._clock()))
                continue
            await line.send(frame)
            self._sent_at = self._clock()

    async def _keep_alive(self, opened: Opened) -> None:
        """Dispatch that time passes, ping before the idle limit, close before the age limit."""
        limit = quotas.CONNECTION_LIFETIME.total_seconds()
        began = self._clock()
        end = began + limit * self._uniform(*self._timing.lifetime)
        left_s = None if opened.over_https else self._signer.left_s()  # over HTTPS each request is signed anew
        end = end if left_s is None else min(end, began + left_s)
        is_proved = False
        while self._clock() < end:
            await asyncio.sleep(self._timing.beat)
            self._dispatch(TimePassed(self._clock()))
            if not is_proved and self._clock() - began >= self._timing.healthy_after:
                is_proved = True
                self._opening.prove(opened)
            if self._clock() - self._sent_at >= self._timing.ping_after:
                self.send((Request(Ping(), PING),))
                self._sent_at = self._clock()
        self._is_planned = True
        await opened.line.close()

    async def _until_left(self, line: Line) -> None:
        await self._leave.wait()
        self._is_planned = True
        await line.close()

    def _hear(self, frame: str | bytes) -> None:
        try:
            message = decode_message(frame)
        except TransportFrame as error:
            log.warning("frame ignored: %s", error)
            return
        if isinstance(message, ErrorMessage) and message.error.code == ErrorCode.UNKNOWN_CONNECTION:
            raise ConnectionFailed(Outage(Remedy.WAIT, "The service has forgotten this connection."))
        if isinstance(message, ErrorMessage) and message.error.code == ErrorCode.SIGN_IN_ENDED:
            raise ConnectionFailed(Outage(Remedy.SIGN_IN, "The sign-in has ended."))
        self._dispatch(Received(vetted(message, is_local=self._is_local), self._clock()))

    async def _pause(self, outage: Outage, attempt: int, refusals: int) -> None:
        self._retry.clear()
        wait_s = self._wait_s(outage, attempt, refusals)
        self._tell(_status(outage, self._clock() + wait_s, refusals))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):  # `wait_for` may swallow a cancellation that comes with the event
                await self._retry.wait()

    def _wait_s(self, outage: Outage, attempt: int, refusals: int) -> float:
        """Return how long to wait; after the first refusal not at all, as newer credentials may be there."""
        match outage.remedy:
            case Remedy.SIGN_IN:
                self._signer.forget()
                return self._timing.recheck if refusals > 1 else 0.0
            case Remedy.CERTIFICATE:
                return self._timing.recheck
            case Remedy.WAIT:
                return max(delay_s(attempt, self._uniform), outage.retry_after_s or 0.0)

    def _tell(self, connection: Connection) -> None:
        self._dispatch(ConnectionChanged(connection, self._clock()))


def _refusal_of(request: Request, sentence: str) -> ErrorMessage:
    """Return the answer to a request that cannot be sent: only parameters make it so."""
    error = ErrorInfo(code=ErrorCode.INVALID_PARAMETERS, message=sentence)
    return ErrorMessage(error=error, request_id=UNSET if request.request_id is None else request.request_id)


def _status(outage: Outage, retry_at: float, refusals: int) -> Connection:
    match outage.remedy:
        case Remedy.SIGN_IN:
            return SignInNeeded(outage.reason) if refusals > 1 else Connecting()
        case Remedy.CERTIFICATE:
            return CertificateRefused(outage.reason)
        case Remedy.WAIT:
            return Waiting(retry_at, outage.reason)
