"""The connection in words, which never say connected when it is not.

`Connection` ──▶ **describe_connection** ──▶ connection_item
"""

from dataclasses import dataclass
from math import ceil
from typing import assert_never

from desktop.session.connection_status import (
    CertificateRefused,
    Closed,
    Connected,
    Connecting,
    Connection,
    SignInNeeded,
    Waiting,
)
from desktop.wording.tone import Tone


@dataclass(frozen=True, slots=True)
class ConnectionText:
    """Words for the connection, and whether another attempt now may help."""

    text: str
    tone: Tone
    reason: str = ""
    can_retry: bool = False


def describe_connection(connection: Connection, now_s: float) -> ConnectionText:
    """Return the words for a connection. `now_s` is on the clock of `Waiting.retry_at`."""
    match connection:
        case Connected():
            return ConnectionText("Connected", Tone.GOOD)
        case Connecting():
            return ConnectionText("Connecting…", Tone.BUSY)
        case Waiting(retry_at, reason):
            left_s = ceil(retry_at - now_s)
            text = f"Offline: retry in {left_s} s" if left_s > 0 else "Offline: retrying…"
            return ConnectionText(text, Tone.WARNING, reason, can_retry=True)
        case SignInNeeded(reason):
            return ConnectionText("Sign in needed", Tone.BAD, reason, can_retry=True)
        case CertificateRefused(reason):
            return ConnectionText("Certificate not trusted", Tone.BAD, reason, can_retry=True)
        case Closed():
            return ConnectionText("Not connected", Tone.QUIET)
        case _:
            assert_never(connection)
