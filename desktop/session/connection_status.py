"""How the connection stands, as the shell tells the session and the window shows it.

client ── `ConnectionChanged` ──▶ **Connection** ──▶ session ──▶ window. Values only: no socket, no clock, no Qt.
"""

from msgspec import Struct


class Connecting(Struct, frozen=True):
    """A connection is being opened."""


class Connected(Struct, frozen=True):
    """The service answers: on a WebSocket, or over HTTPS where the network lets no WebSocket through."""

    over_https: bool = False
    is_fallback: bool = False


class Waiting(Struct, frozen=True):
    """The connection failed and is opened again at `retry_at`."""

    retry_at: float
    reason: str


class SignInNeeded(Struct, frozen=True):
    """The service refused the credentials, new ones too."""

    reason: str


class CertificateRefused(Struct, frozen=True):
    """The service's certificate cannot be trusted."""

    reason: str


class NoService(Struct, frozen=True):
    """There is nothing to connect to: no connection was chosen, and this program has no local backend."""


class Closed(Struct, frozen=True):
    """The shell has not started, or has ended."""


Connection = Connecting | Connected | Waiting | SignInNeeded | CertificateRefused | NoService | Closed
