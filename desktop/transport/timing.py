"""When the client does what.

client, websocket ──▶ **Timing**
"""

from msgspec import Struct

from desktop.outside import patience


class Timing(Struct, frozen=True):
    """Durations, in seconds."""

    open_timeout: float = patience.OPEN_S
    credentials: float = patience.CREDENTIALS_S
    heartbeat: float = 20.0
    """Interval of protocol pings, and how long a peer may leave one unanswered: silence shows within twice that."""
    close_timeout: float = patience.LEAVING_S / 2
    """How long to wait for the peer's part of a close."""
    ping_after: float = 240.0
    """API Gateway closes a connection on which nothing was sent for ten minutes; protocol pings may not count."""
    healthy_after: float = 10.0
    """A connection that lived so long resets the backoff; one that is accepted and then closed does not."""
    answer: float = patience.ANSWER_S
    """How long a request over HTTPS may take."""
    between_attempts: float = 1.0
    """Scale of the waits between the attempts of one request over HTTPS."""
    fallback_after: float = patience.FALLBACK_S
    """HTTPS is tried beside a WebSocket on which nothing was heard for so long."""
    upgrade_every: tuple[float, float] = (patience.UPGRADE_S, patience.LAST_UPGRADE_S)
    """When the WebSocket is tried again beside HTTPS: first after so long, then after twice that, up to so long."""
    network_look: float = 5.0
    """How often to look whether the network has changed, which is a reason to try the WebSocket at once."""
    recheck: float = 60.0
    """How often to try credentials or a certificate that were refused."""
    lifetime: tuple[float, float] = (0.85, 0.97)
    """When to reconnect of one's own accord, as parts of the two hours API Gateway allows."""
    beat: float = 1.0
    """How often the session is told that time passed."""
