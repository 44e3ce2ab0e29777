"""How far a request to a service gets: to an open way, through TLS, to an answer.

doctor ── address ──▶ **knock** ── one unsigned request, on the way of the client's own ──▶ `Knocked`

The request is nobody's, and is answered with a refusal: that it is answered, when, and with which certificate is what
counts. A certificate that is not trusted is looked at once more, and nothing is sent there.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from msgspec import Struct, field
from msgspec.structs import replace

from desktop.outside import answers
from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.outside.http import cause, open_http
from desktop.outside.patience import REACH_S
from desktop.outside.sentence import Sentence
from desktop.outside.tls import certificates
from desktop.outside.tls.certificates import Certificate
from desktop.outside.tls.trust import any_certificate, trust
from desktop.transport import failures
from desktop.transport.failures import Outage, Remedy, Route
from desktop.transport.https import outage_of

PARTS = 3
"""The way, the certificate, the answer: each has a limit of its own, and all together as much."""


class Knocked(Struct, frozen=True):
    """How far a request came; each part is None where it did not come."""

    way_s: float | None = None
    """How long it took until the way was open: the connection to the service, or the tunnel through a proxy."""
    is_past_tls: bool = False
    certificate: Certificate | None = None
    """The certificate, trusted or not, if it could be read."""
    distrust: tuple[int, str] | None = None
    """OpenSSL's number and words for why it is not trusted."""
    answered_at: datetime | None = None
    """When it was answered, by this computer's clock."""
    date: datetime | None = None
    """The time that the answer names."""
    outage: Outage | None = None
    """Why it came no further."""
    misnamed: str = ""
    """What is wrong with the variable that names certificates to trust: none could be."""


def http_address(url: str) -> str:
    """Return an address of the service's for a request over plain HTTP, or HTTPS."""
    parts = urlsplit(url)
    return parts._replace(scheme={"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)).geturl()


async def knock(
    url: str,
    *,
    limit_s: float = REACH_S,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    clock: Callable[[], float] = time.monotonic,
) -> Knocked:
    """Send a request to a service's address, `ws`, `wss`, `http` or `https`, and return how far it came."""
    try:
        trusted = trust()
    except WrongEnvironment as error:
        return replace(await _knock(url, None, limit_s, now, clock), misnamed=str(error))
    knocked = await _knock(url, trusted, limit_s, now, clock)
    if knocked.distrust is None:
        return knocked
    seen = await _knock(url, None, limit_s, now, clock)
    return replace(knocked, certificate=seen.certificate)


async def _knock(
    url: str,
    trusted: ssl.SSLContext | None,
    limit_s: float,
    now: Callable[[], datetime],
    clock: Callable[[], float],
) -> Knocked:
    """Knock; without certificates to trust, any will do, and nothing is sent."""
    route = Route(urlsplit(url).hostname or "")
    trace = _Trace(clock, sends=trusted is not None)
    try:
        proxy = proxy_of(url)
        route = Route(route.host, proxy.name if proxy else None)
        trace.is_proxied = proxy is not None
        async with (
            asyncio.timeout(PARTS * limit_s),
            open_http(url, limit_s, trusted or any_certificate()) as http,
            http.stream("GET", http_address(url), extensions={"trace": trace}) as answer,
        ):
            at = now()
            date = answers.read(answer.status_code, answer.headers.multi_items(), at).date
            return replace(trace.knocked, answered_at=at, date=date)
    except _Enough:
        return trace.knocked
    except (httpx.HTTPError, OSError, WrongEnvironment) as error:
        inner = cause(error)
        if isinstance(inner, ssl.SSLCertVerificationError) and trace.knocked.way_s is not None:
            trace.knocked = replace(trace.knocked, distrust=(inner.verify_code, inner.verify_message))
        return replace(trace.knocked, outage=_outage(error, route, trace.knocked))
    finally:
        await trace.close()


def _outage(error: Exception, route: Route, knocked: Knocked) -> Outage:
    is_late = isinstance(error, (TimeoutError, httpx.TimeoutException))
    if is_late and knocked.way_s is None:  # with a proxy it is the proxy that says nothing
        return Outage(Remedy.WAIT, Sentence("{who} does not answer.", who=route.first))
    if isinstance(error, WrongEnvironment):
        return failures.outage_of(error, route)
    return outage_of(error, route)


class _Enough(Exception):
    """A certificate that is not trusted was looked at."""


class _Trace(Struct):
    """What httpcore does on the way to an answer, as it tells.

    Source: https://www.encode.io/httpcore/extensions/#trace
    """

    clock: Callable[[], float]
    sends: bool
    is_proxied: bool = False
    knocked: Knocked = field(default_factory=Knocked)
    _began: float = 0.0
    _streams: list[Any] = field(default_factory=list)

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        layer, _, step = event.partition(".")
        if step == "connect_tcp.started":
            self._began = self.clock()
        if step == "connect_tcp.complete":
            self._streams.append(info["return_value"])
        if layer != ("proxy" if self.is_proxied else "connection"):  # TLS with the proxy itself proves nothing
            return
        if step == ("start_tls.started" if self.is_proxied else "connect_tcp.complete"):
            self.knocked = replace(self.knocked, way_s=self.clock() - self._began)
        if step == "start_tls.complete":
            tls = info["return_value"].get_extra_info("ssl_object")
            der = tls.getpeercert(binary_form=True) or b""
            self.knocked = replace(self.knocked, is_past_tls=True, certificate=certificates.read(der))
            if not self.sends:
                raise _Enough

    async def close(self) -> None:
        """Close what httpcore forgets where it is interrupted."""
        for stream in self._streams:
            with suppress(Exception):
                await stream.aclose()
