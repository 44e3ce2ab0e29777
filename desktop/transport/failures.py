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
from desktop.sign_in.findings import NotSignedIn, SignInUnreachable

OWN_STATUSES = frozenset({403, 404, 410, 413, 429, 500, 502, 503, 504})
"""What API Gateway answers, besides success; another answer is of something on the way."""


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
        return f"The proxy {self.proxy}" if self.proxy else f"The service at {self.host}"


def outage_of(error: BaseException, route: Route) -> Outage:
    """Return the outage behind an error that any transport or the sign-in may raise."""
    match error:
        case NotSignedIn():
            return Outage(Remedy.SIGN_IN, str(error))
        case SignInUnreachable() | WrongEnvironment():
            return Outage(Remedy.WAIT, str(error))
        case ssl.SSLCertVerificationError():
            return Outage(
                Remedy.CERTIFICATE, f"The certificate of {route.host} is not trusted: {error.verify_message}."
            )
        case TimeoutError():
            return Outage(Remedy.WAIT, f"The service at {route.host} does not answer.")
        case _:
            return Outage(Remedy.WAIT, f"{route.first} {_how_unreached(error)}.")


def _how_unreached(error: BaseException) -> str:
    match error:
        case socket.gaierror():
            return "has no address: its name is wrong, or there is no network"
        case ConnectionRefusedError():
            return "refuses connections"
        case _:
            return "cannot be reached"


def refusal(answer: Answer, route: Route, now: datetime) -> Outage:
    """Return the outage behind an answer that opens no connection; `now` is the time on this computer's clock."""
    service = f"The service at {route.host}"
    if answer.status in {401, 403} and not answer.is_page:
        reason = clock_fault(answer.date, now) or "The service refused the sign-in."
        return Outage(Remedy.SIGN_IN, reason, is_blocked=answer.is_bare and route.host not in LOOPBACK)
    too_many_requests = 429
    if answer.status == too_many_requests:
        return Outage(Remedy.WAIT, f"{service} is busy.", answer.retry_after_s)
    if answer.is_page:
        reason = f"Something between here and {route.host} answers with a page: a network's sign-in, or a proxy's error"
        return Outage(Remedy.WAIT, f"{reason} (status {answer.status}).", answer.retry_after_s, is_blocked=True)
    reason = f"{service} answered with status {answer.status}."
    return Outage(Remedy.WAIT, reason, answer.retry_after_s, is_blocked=answer.status not in OWN_STATUSES)


def is_of_the_clock(answer: Answer, now: datetime) -> bool:
    """Return whether a refusal is this computer's clock's fault, whatever else is said."""
    return clock_fault(answer.date, now) is not None


def proxy_refusal(status: int | None, route: Route) -> Outage:
    """Return the outage of a proxy that opens no way to the service."""
    asks_to_sign_in = 407
    reason = "asks for a password" if status == asks_to_sign_in else "does not open a way"
    said = f" (status {status})" if status else ""
    return Outage(Remedy.WAIT, f"The proxy {route.proxy} {reason} to {route.host}{said}.", is_blocked=True)


def unexpected(error: BaseException) -> Outage:
    """Return the outage behind an error that nobody thought of."""
    return Outage(Remedy.WAIT, f"The connection failed for a reason unknown to this program ({type(error).__name__}).")
