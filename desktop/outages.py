"""Why a connection failed, in words, and what to do about it.

client ── exception ──▶ **outage_of** ──▶ wait, sign in, or mind the certificate
"""

import ssl
from dataclasses import dataclass
from enum import Enum, auto

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from desktop.auth import NotSignedIn


class Remedy(Enum):
    """What may help."""

    WAIT = auto()
    SIGN_IN = auto()
    CERTIFICATE = auto()


@dataclass(frozen=True, slots=True)
class Outage:
    """A failed or lost connection. `retry_after_s` is what the service asked for."""

    remedy: Remedy
    reason: str
    retry_after_s: float | None = None


FAILURES = (OSError, InvalidHandshake, InvalidURI, ConnectionClosed, EOFError, NotSignedIn)
"""What opening or using a connection may raise when the fault is outside this program; a time-out is an `OSError`."""


def outage_of(error: BaseException) -> Outage:
    """Tell what one of `FAILURES` means."""
    match error:
        case InvalidStatus():
            return _refusal(error.response.status_code, error.response.headers.get("Retry-After", ""))
        case NotSignedIn():
            return Outage(Remedy.SIGN_IN, str(error))
        case ssl.SSLCertVerificationError():
            return Outage(Remedy.CERTIFICATE, f"The certificate is not trusted: {error.verify_message}.")
        case TimeoutError():
            return Outage(Remedy.WAIT, "The service does not answer.")
        case ConnectionClosed():
            return Outage(Remedy.WAIT, "The connection was lost.")
        case _:
            return Outage(Remedy.WAIT, "The service cannot be reached.")


def _refusal(status: int, retry_after: str) -> Outage:
    if status in {401, 403}:
        return Outage(Remedy.SIGN_IN, "The service refused the sign-in.")
    too_many_requests = 429
    words = "is busy" if status == too_many_requests else f"answered with status {status}"
    return Outage(Remedy.WAIT, f"The service {words}.", float(retry_after) if retry_after.isdecimal() else None)
