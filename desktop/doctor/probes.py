"""Questions to the world outside, each with its limit: a name, credentials, an answer on an open line.

examination ──▶ **find_name**, **find_credentials**, **hear** ──▶ resolver, AWS's tools, service
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from desktop.outside.threads import in_thread
from desktop.sign_in.findings import Found, SignInUnreachable
from desktop.sign_in.profiles import Profile
from desktop.transport.failures import ConnectionFailed, Outage, Remedy
from desktop.transport.line import Sign
from desktop.transport.opening import Opening, Ways, ping
from desktop.transport.signing import Signer
from desktop.transport.timing import Timing
from desktop.wording import examination as words
from desktop.wording.examination import Step

_UNKNOWN = frozenset(getattr(socket, name, None) for name in ("EAI_NONAME", "EAI_NODATA"))
"""Answers of a resolver that was reached. The second is not everywhere."""


class DescribingSigner(Signer, Protocol):
    """A signer that tells what it signs with."""

    def describe(self) -> Found:
        """Return which credentials there are. May block; raises `NotSignedIn` and `SignInUnreachable`."""


async def find_name(host: str, port: int, proxy: str | None, limit_s: float, clock: Callable[[], float]) -> Step:
    """Look a host's name up. Behind a proxy it may be unknown here."""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return words.name_is_address(host)
    began = clock()
    try:
        async with asyncio.timeout(limit_s):
            await in_thread(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), "look-up")
    except (OSError, UnicodeError) as error:
        if proxy is not None:
            return words.name_left_to_proxy(host, proxy)
        is_unknown = isinstance(error, UnicodeError) or error.errno in _UNKNOWN
        return words.name_unknown(host) if is_unknown else words.no_name_server(host)
    return words.name_found(host, clock() - began)


async def find_credentials(signer: DescribingSigner, limit_s: float) -> Found:
    """Return which credentials there are.

    Raises:
        NotSignedIn: There are none.
        SignInUnreachable: What gives them cannot be reached, or is slow.
    """
    try:
        async with asyncio.timeout(limit_s):
            return await in_thread(signer.describe, "sign-in")
    except TimeoutError as error:
        raise SignInUnreachable("The sign-in did not come within {count} seconds.", count=round(limit_s)) from error


async def hear(profile: Profile, sign: Sign, timing: Timing, clock: Callable[[], float]) -> float:
    """Open a line as the client does, by the one way of this profile; return how long an answer on it takes.

    Raises:
        ConnectionFailed: It does not open, or the service is not heard on it.
        NotSignedIn, SignInUnreachable: There is nothing to sign with.
    """
    opened = await Opening(profile, sign, timing, Ways(), clock).open()
    async with opened.stack:
        began = clock()
        try:
            async with asyncio.timeout(timing.open_timeout):
                await ping(opened.line)
        except TimeoutError as error:
            reason = "The connection opens, and brings one answer and no more."
            raise ConnectionFailed(Outage(Remedy.WAIT, reason, is_blocked=True)) from error
        took_s = clock() - began
        await opened.line.close()
    return took_s
