"""The connection in words, which never say connected when it is not.

`Session` ──▶ **describe** ──▶ connection_item
"""

from dataclasses import dataclass
from math import ceil
from typing import assert_never

from desktop.outside.patience import ANSWER_S
from desktop.session.connection_status import (
    CertificateRefused,
    Closed,
    Connected,
    Connecting,
    Connection,
    SignInNeeded,
    Waiting,
)
from desktop.session.state import Session
from desktop.wording.tone import Tone


@dataclass(frozen=True, slots=True)
class ConnectionText:
    """Words for the connection, and whether another attempt now may help."""

    text: str
    tone: Tone
    reason: str = ""
    can_retry: bool = False


OVER_HTTPS = "Connected over HTTPS"
NO_ANSWER = ConnectionText("No answer", Tone.WAITING, "The service accepts the connection and does not answer.")


def describe(session: Session, now_s: float) -> ConnectionText:
    """Return the words for the connection of a session, also for one that brings nothing. `now_s` is on its clock."""
    since = session.unanswered_since
    is_silent = isinstance(session.connection, Connected) and since is not None and now_s - since > ANSWER_S
    return NO_ANSWER if is_silent else describe_connection(session.connection, now_s)


def describe_connection(connection: Connection, now_s: float) -> ConnectionText:
    """Return the words for a connection. `now_s` is on the clock of `Waiting.retry_at`."""
    match connection:
        case Connected():
            return _say_connected(connection)
        case Connecting():
            return ConnectionText("Connecting…", Tone.RUNNING)
        case Waiting(retry_at, reason):
            left_s = ceil(retry_at - now_s)
            text = f"Offline: retry in {left_s} s" if left_s > 0 else "Offline: retrying…"
            return ConnectionText(text, Tone.WAITING, reason, can_retry=True)
        case SignInNeeded(reason):
            return ConnectionText("Sign in needed", Tone.FAILED, reason, can_retry=True)
        case CertificateRefused(reason):
            return ConnectionText("Certificate not trusted", Tone.FAILED, reason, can_retry=True)
        case Closed():
            return ConnectionText("Not connected", Tone.QUIET)
        case _:
            assert_never(connection)


def _say_connected(connection: Connected) -> ConnectionText:
    if connection.is_fallback:
        return ConnectionText(OVER_HTTPS, Tone.READY, "This network blocks WebSocket.", can_retry=True)
    return ConnectionText(OVER_HTTPS if connection.over_https else "Connected", Tone.READY)
