"""Why a connection failed, in words, and what to do about it.

websocket ── exception ──▶ **outage_of** ──▶ `ConnectionFailed` ──▶ client: wait, sign in, or mind the certificate
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from desktop.sign_in.sigv4 import NotSignedIn

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a signature's time may be from the service's.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""


LONGEST_RETRY_AFTER_S = 300.0
"""The longest wait that a service can ask for."""


class Remedy(Enum):
    """The remedy for an outage."""

    WAIT = auto()
    SIGN_IN = auto()
    CERTIFICATE = auto()


@dataclass(frozen=True, slots=True)
class Outage:
    """A failed or lost connection. `retry_after_s` is what the service asked for."""

    remedy: Remedy
    reason: str
    retry_after_s: float | None = None


class ConnectionFailed(Exception):
    """A connection could not be opened, or was lost."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(outage.reason)
        self.outage = outage


def outage_of(error: BaseException) -> Outage:
    """Return the outage behind an error that any transport may raise."""
    match error:
        case NotSignedIn():
            return Outage(Remedy.SIGN_IN, str(error))
        case ssl.SSLCertVerificationError():
            return Outage(Remedy.CERTIFICATE, f"The certificate is not trusted: {error.verify_message}.")
        case TimeoutError():
            return Outage(Remedy.WAIT, "The service does not answer.")
        case _:
            return Outage(Remedy.WAIT, "The service cannot be reached.")


def refusal(status: int, headers: Mapping[str, str], now: datetime) -> Outage:
    """Return the outage behind an answer that opens no connection; `now` is the time on this computer's clock."""
    if status in {401, 403}:
        return Outage(Remedy.SIGN_IN, _clock_fault(headers.get("Date", ""), now) or "The service refused the sign-in.")
    too_many_requests = 429
    words = "is busy" if status == too_many_requests else f"answered with status {status}"
    return Outage(Remedy.WAIT, f"The service {words}.", _seconds(headers.get("Retry-After", "")))


def _seconds(retry_after: str) -> float | None:
    """Return how long the service asks to wait, up to `LONGEST_RETRY_AFTER_S`."""
    if not re.fullmatch(r"[0-9]{1,9}", retry_after):
        return None
    return min(float(retry_after), LONGEST_RETRY_AFTER_S)


def _clock_fault(date: str, now: datetime) -> str | None:
    """Return a sentence if this computer's clock is too far from the service's for any signature to be accepted."""
    try:
        ahead = now - parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    if abs(ahead) < CLOCK_TOLERANCE:
        return None
    minutes = round(abs(ahead).total_seconds() / 60)
    side = "fast" if ahead > timedelta(0) else "slow"
    return f"This computer's clock is {minutes} minutes {side}: set it right to sign in."
