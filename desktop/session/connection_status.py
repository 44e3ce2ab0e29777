"""How the connection stands, as the shell tells the session and the window shows it.

client ── `ConnectionChanged` ──▶ **Connection** ──▶ session ──▶ window. Values only: no socket, no clock, no Qt.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connecting:
    """A connection is being opened."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The service answers: on a WebSocket, or over HTTPS where the network lets no WebSocket through."""

    over_https: bool = False
    is_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The connection failed and is opened again at `retry_at`."""

    retry_at: float
    reason: str


@dataclass(frozen=True, slots=True)
class SignInNeeded:
    """The service refused the credentials, new ones too."""

    reason: str


@dataclass(frozen=True, slots=True)
class CertificateRefused:
    """The service's certificate cannot be trusted."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoService:
    """There is nothing to connect to: no connection was chosen, and this program has no local backend."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The shell has not started, or has ended."""


Connection = Connecting | Connected | Waiting | SignInNeeded | CertificateRefused | NoService | Closed
