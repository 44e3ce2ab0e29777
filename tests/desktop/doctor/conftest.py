"""Names that are known, an environment without settings of its own, and a port at which nobody speaks."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from desktop.outside.environment import CERTIFICATE_FILES
from tests.desktop.doctor.benches import AUTHORITY, HOST

NAMES = {HOST, "door.example", "files.example"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the tests' authority, and know of no proxy."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in CERTIFICATE_FILES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the names that lead to this machine; any other is unknown, but addresses."""
    known, look_up = set(NAMES), socket.getaddrinfo

    def look_up_here(host: Any, *args: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name in known:
            return look_up("127.0.0.1", *args, **named)
        with suppress(OSError):
            return look_up(host, *args, **(named | {"flags": socket.AI_NUMERICHOST | named.get("flags", 0)}))
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    return known


@pytest.fixture
def silent() -> Iterator[int]:
    """Return a port that lets one in and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
