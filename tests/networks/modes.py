"""Ways in which a network stands in the way.

test ──▶ **Mode** ──▶ network
"""

from enum import Enum, auto

from tests.http_wire import answer_bytes


class Mode(Enum):
    """What becomes of CONNECT and of upgrades to WebSocket; other requests always pass."""

    THROUGH = auto()

    CONNECT_FORBIDDEN = auto()
    """403."""
    CONNECT_UNAUTHENTICATED = auto()
    """407, whatever the credentials."""
    CONNECT_RESET = auto()
    CONNECT_PAGE = auto()
    """200, and then a page where the tunnel should be.

    It comes when the client has begun to talk. Were it earlier, `websockets` would now and then call the connection
    closed instead of the answer invalid.
    """
    CONNECT_BARE_PAGE = auto()
    """A page without a head."""
    CONNECT_UNANSWERED = auto()

    UPGRADE_STRIPPED = auto()
    """The request arrives at the service without its `Upgrade`, and the service's answer at the client."""
    UPGRADE_PAGE = auto()
    """200, a page."""
    UPGRADE_LOGIN = auto()
    """302 to where one signs in to the network."""
    UPGRADE_BLOCKED = auto()
    """403, a page."""
    UPGRADE_REQUIRED = auto()
    """426."""
    UPGRADE_UNAVAILABLE = auto()
    """503."""
    UPGRADE_RESET = auto()
    """Accepted by the service, then reset."""
    FRAMES_SWALLOWED = auto()
    """Accepted by the service; no frame passes, either way, nor that the service closed."""
    SOCKET_KILLED = auto()
    """Reset some time after it was accepted: `Network.kill_after_s`."""


PAGE = b"<!DOCTYPE html><html><head><title>Network</title></head><body>This page is no service's.</body></html>\r\n"
LOGIN = "http://login.example/"


def _page(status: int, **headers: str) -> bytes:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return answer_bytes(status, [("Content-Type", "text/html"), ("Connection", "close"), *named], PAGE)


CONNECT_ANSWERS = {
    Mode.CONNECT_FORBIDDEN: _page(403),
    Mode.CONNECT_UNAUTHENTICATED: _page(407, Proxy_Authenticate='Basic realm="network"'),
    Mode.CONNECT_BARE_PAGE: PAGE,
}
UPGRADE_ANSWERS = {
    Mode.UPGRADE_PAGE: _page(200),
    Mode.UPGRADE_LOGIN: _page(302, Location=LOGIN),
    Mode.UPGRADE_BLOCKED: _page(403),
    Mode.UPGRADE_REQUIRED: _page(426, Upgrade="websocket"),
    Mode.UPGRADE_UNAVAILABLE: _page(503),
}
