"""One connection to the service over a WebSocket.

opening ── profile, signature ──▶ **connect** ──▶ frames, send          exception ──▶ `ConnectionFailed` ──▶ client
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)

from backend.protocol import quotas
from desktop.outside import answers
from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.outside.sentence import Sentence
from desktop.outside.tls.trust import trust
from desktop.sign_in.profiles import Profile
from desktop.transport import failures
from desktop.transport.failures import ConnectionFailed, Outage, Remedy, Route
from desktop.transport.line import Sign
from desktop.transport.timing import Timing

_silent = logging.getLogger(__name__)
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
"""websockets logs headers, and a header has a signature."""

FAILURES = (OSError, InvalidHandshake, InvalidURI, ConnectionClosed, EOFError, WrongEnvironment)
"""Errors of a connection whose cause is outside this program; a time-out is an `OSError`."""
HAPPY_EYEBALLS_S = 0.25
"""When the next address of a host is tried beside the one before. Source: RFC 8305, section 5."""


@asynccontextmanager
async def connect(profile: Profile, sign: Sign, timing: Timing) -> AsyncIterator[ClientConnection]:
    """Open a connection for as long as the block lasts.

    Raises:
        ConnectionFailed: It could not be opened, or was lost within the block.
        NotSignedIn, SignInUnreachable: There is nothing to sign the handshake with.
    """
    headers = await sign("GET", profile.endpoint, b"")
    address = urlsplit(profile.endpoint)
    route = Route(address.hostname or "")
    try:
        proxy = proxy_of(profile.endpoint)
        route = Route(route.host, proxy.name if proxy else None)
        async with open_websocket(
            profile.endpoint,
            additional_headers=headers,
            open_timeout=timing.open_timeout,
            ping_interval=timing.heartbeat,
            ping_timeout=timing.heartbeat,
            close_timeout=timing.close_timeout,
            compression=None,
            proxy=proxy.url if proxy else None,
            happy_eyeballs_delay=HAPPY_EYEBALLS_S,
            ssl=trust() if address.scheme == "wss" else None,
            max_size=quotas.MESSAGE_SIZE_BYTES,
            logger=_silent,
        ) as connection:
            yield connection
    except FAILURES as error:
        raise ConnectionFailed(outage_of(error, route, datetime.now(UTC))) from error


def outage_of(error: BaseException, route: Route, now: datetime) -> Outage:
    """Return the outage behind one of `FAILURES`; `now` is the time on this computer's clock."""
    match error:
        case ProxyError():
            status = error.response.status_code if isinstance(error, InvalidProxyStatus) else None
            return failures.proxy_refusal(status, route)
        case InvalidStatus():
            response = error.response
            return failures.refusal(answers.read(response.status_code, response.headers.raw_items(), now), route, now)
        case InvalidURI() | InvalidMessage():
            reason = Sentence("Something between here and {host} lets no WebSocket through.", host=route.host)
            return Outage(Remedy.WAIT, reason, is_blocked=True)
        case ConnectionClosed(rcvd=close) if close:
            return Outage(Remedy.WAIT, Sentence("The service closed the connection (code {code}).", code=close.code))
        case ConnectionClosed():
            return Outage(Remedy.WAIT, "The connection was lost.")
        case _:
            return failures.outage_of(error, route)
