"""A client of HTTPS that uses the same proxy and the same certificates as the WebSocket.

files, transport.https ──▶ **open_http** ──▶ httpx
"""

import logging
import ssl

import httpx

from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.outside.patience import TRANSFER_S
from desktop.outside.trust import trust


def open_http(url: str, timeout_s: float = TRANSFER_S, trusted: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """Return a client for bytes as they are: the ranges, the size and the checksum are those of the file.

    Args:
        url: The address to be asked, which decides on the proxy.
        timeout_s: How long each part of a request may take.
        trusted: The certificates to trust; else those of `trust`.

    Raises:
        httpx.InvalidURL: The address is none.
        WrongEnvironment: The proxy or the certificates to use cannot be.
    """
    try:
        proxy = proxy_of(url)
    except WrongEnvironment:
        raise
    except ValueError as error:
        raise httpx.InvalidURL("brackets without an address") from error
    return httpx.AsyncClient(
        timeout=timeout_s,
        headers={"Accept-Encoding": "identity"},
        proxy=proxy.url if proxy else None,
        trust_env=False,
        verify=trusted or trust(),
    )


logging.getLogger("httpx").setLevel(logging.WARNING)
"""httpx logs addresses as information, and a link has a signature."""
