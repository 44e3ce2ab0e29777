"""One connection to the service over a WebSocket.

client ── profile, headers ──▶ **connect** ──▶ frames, send          exception ──▶ `ConnectionFailed` ──▶ client
"""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from backend.protocol import quotas
from desktop.sign_in.profiles import LOOPBACK, Profile
from desktop.transport import failures
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.timing import Timing

_silent = logging.getLogger(__name__)
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
"""websockets logs headers, and a header has a signature."""

FAILURES = (OSError, InvalidHandshake, InvalidURI, ConnectionClosed, EOFError)
"""Errors of a connection whose cause is outside this program; a time-out is an `OSError`."""


@asynccontextmanager
async def connect(profile: Profile, headers: Mapping[str, str], timing: Timing) -> AsyncIterator[ClientConnection]:
    """Open a connection for as long as the block lasts.

    Raises:
        ConnectionFailed: It could not be opened, or was lost within the block.
    """
    try:
        async with open_websocket(
            profile.endpoint,
            additional_headers=headers,
            open_timeout=timing.open_timeout,
            ping_interval=timing.heartbeat,
            ping_timeout=timing.heartbeat,
            close_timeout=timing.close_timeout,
            compression=None,
            proxy=None if urlsplit(profile.endpoint).hostname in LOOPBACK else True,
            max_size=quotas.MESSAGE_SIZE_BYTES,
            logger=_silent,
        ) as connection:
            yield connection
    except FAILURES as error:
        raise ConnectionFailed(outage_of(error, datetime.now(UTC))) from error


def outage_of(error: BaseException, now: datetime) -> Outage:
    """Return the outage behind one of `FAILURES`; `now` is the time on this computer's clock."""
    match error:
        case InvalidStatus():
            return failures.refusal(error.response.status_code, error.response.headers, now)
        case ConnectionClosed():
            return Outage(Remedy.WAIT, "The connection was lost.")
        case _:
            return failures.outage_of(error)
