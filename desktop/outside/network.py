"""The network this computer is in, as far as it shows: what changes when a laptop is carried from one to another.

transport.opening ── every few seconds ──▶ **look**
"""

import socket
from contextlib import suppress

from desktop.outside.environment import WrongEnvironment, proxy_of

_SOMEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses for documentation. Nothing is sent to them: to choose a route is enough. Source: RFC 5737, RFC 3849."""

Network = tuple[str, ...]
"""Equal as long as nothing seems to have changed."""


def look(url: str) -> Network:
    """Return this computer's own addresses on its usual routes, and the proxy for an address."""
    proxy = None
    with suppress(WrongEnvironment, ValueError):
        proxy = proxy_of(url)
    return (*(_own_address(family, there) for family, there in _SOMEWHERE), proxy.name if proxy else "")


def _own_address(family: socket.AddressFamily, there: str) -> str:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((there, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""
