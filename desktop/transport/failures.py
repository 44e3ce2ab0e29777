"""Why a connection failed, in words, and what to do about it.

websocket ── exception ──▶ **outage_of** ──▶ `ConnectionFailed` ──▶ client: wait, sign in, or mind the certificate
"""

import socket
import ssl
from datetime import datetime
from enum import Enum, auto

from msgspec import Struct

from desktop.outside.answers import Answer, clock_fault
from desktop.outside.environment import LOOPBACK, WrongEnvironment
from desktop.outside.sentence import Sentence
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable

OWN_STATUSES = frozenset({403, 404, 410, 413, 429, 500, 502, 503, 504})
"""What API Gateway answers, besides success; another answer is of something on the way."""


ASKS_WHO_IT_IS = "The proxy {proxy} asks for a password to {host}{status}."
OPENS_NO_WAY = "The proxy {proxy} does not open a way to {host}{status}."


class Remedy(Enum):
    """The remedy for an outage."""

    WAIT = auto()
    SIGN_IN = auto()
    CERTIFICATE = auto()


class Outage(Struct, frozen=True):
    """A failed or lost connection. `retry_after_s` is what the service asked for.

    `is_blocked` says that something between here and the service seems to let no connection of this kind through.
    """

    remedy: Remedy
    reason: str
    retry_after_s: float | None = None
    is_blocked: bool = False


class ConnectionFailed(Exception):
    """A connection could not be opened, or was lost."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(outage.reason)
        self.outage = outage


class Route(Struct, frozen=True):
    """Whom a connection is opened to, in the words for it."""

    host: str
    proxy: str | None = None

    @property
    def first(self) -> str:
        """Whom the program talks to itself."""
        if self.proxy:
            return Sentence("The proxy {name}", name=self.proxy)
        return Sentence("The service at {host}", host=self.host)


def outage_of(error: BaseException, route: Route) -> Outage:
    """Return the outage behind an error that any transport or the sign-in may raise."""
    match error:
        case NotSignedIn():
            return Outage(Remedy.SIGN_IN, str(error))
        case SignInUnreachable() | WrongEnvironment():
            return Outage(Remedy.WAIT, str(error))
        case ssl.SSLCertVerificationError():
            why = Sentence(
                "The certificate of {host} is not trusted: {why}.", host=route.host, why=error.verify_message
            )
            return Outage(Remedy.CERTIFICATE, why)
        case TimeoutError():
            return Outage(Remedy.WAIT, Sentence("{who} does not answer.", who=Route(route.host).first))
        case _:
            return Outage(Remedy.WAIT, Sentence("{who} {fault}.", who=route.first, fault=_how_unreached(error)))


def _how_unreached(error: BaseException) -> str:
    match error:
        case socket.gaierror():
            return Sentence("has no address: its name is wrong, or there is no network")
        case ConnectionRefusedError():
            return Sentence("refuses connections")
        case _:
            return Sentence("cannot be reached")


def refusal(answer: Answer, route: Route, now: datetime) -> Outage:
    """Return the outage behind an answer that opens no connection; `now` is the time on this computer's clock."""
    service = Route(route.host).first
    if answer.status in {401, 403} and not answer.is_page:
        reason = clock_fault(answer.date, now) or "The service refused the sign-in."
        return Outage(Remedy.SIGN_IN, reason, is_blocked=answer.is_bare and route.host not in LOOPBACK)
    too_many_requests = 429
    if answer.status == too_many_requests:
        return Outage(Remedy.WAIT, Sentence("{who} is busy.", who=service), answer.retry_after_s)
    if answer.is_page:
        reason = Sentence(
            "Something between here and {host} answers with a page: a network's sign-in, or a proxy's error"
            " (status {status}).",
            host=route.host,
            status=answer.status,
        )
        return Outage(Remedy.WAIT, reason, answer.retry_after_s, is_blocked=True)
    reason = Sentence("{who} answered with status {status}.", who=service, status=answer.status)
    return Outage(Remedy.WAIT, reason, answer.retry_after_s, is_blocked=answer.status not in OWN_STATUSES)


def is_of_the_clock(answer: Answer, now: datetime) -> bool:
    """Return whether a refusal is this computer's clock's fault, whatever else is said."""
    return clock_fault(answer.date, now) is not None


def proxy_refusal(status: int | None, route: Route) -> Outage:
    """Return the outage of a proxy that opens no way to the service."""
    asks_to_sign_in = 407
    text = ASKS_WHO_IT_IS if status == asks_to_sign_in else OPENS_NO_WAY
    end = Sentence(" (status {status})", status=status) if status else ""
    return Outage(Remedy.WAIT, Sentence(text, proxy=route.proxy, host=route.host, status=end), is_blocked=True)


def unexpected(error: BaseException) -> Outage:
    """Return the outage behind an error that nobody thought of."""
    text = "The connection failed for a reason unknown to this program ({error})."
    return Outage(Remedy.WAIT, Sentence(text, error=type(error).__name__))
