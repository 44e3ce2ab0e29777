"""Clients that meet a service through a network: `websockets` and `httpx`, at its own address or by proxy.

test ──▶ **open_socket**, **get** ──▶ network ──▶ service
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.limits import HANG_S
from tests.networks.network import Network

NAME = "reports.example"
"""A name of the service that only a network knows."""
SOON_S = 0.1


@contextmanager
def networked(network: Network) -> Iterator[Network]:
    with network.running():
        yield network


def open_socket(network: Network) -> ClientConnection:
    address = network.address_of("ws://127.0.0.1:1/socket")
    return connect(address, proxy=None, compression=None, close_timeout=1, legacy=True)


def open_by_proxy(network: Network, port: int, **options: Any) -> ClientConnection:
    return connect(f"ws://{NAME}:{port}/socket", proxy=network.url, close_timeout=1, legacy=True, **options)


def get(network: Network) -> httpx.Response:
    return httpx.get(network.address_of("http://127.0.0.1:1/path?a=1"), trust_env=False)


def get_by_proxy(network: Network, port: int) -> httpx.Response:
    return httpx.get(f"http://{NAME}:{port}/path?a=1", proxy=network.url, trust_env=False)


def assert_echoes(connection: ClientConnection) -> None:
    connection.send("hello")
    assert connection.recv(HANG_S) == "hello"
