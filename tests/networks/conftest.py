"""A service that echoes frames and answers requests, and a network in front of it."""

import contextlib
import threading
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.networks.clients import NAME, networked
from tests.networks.network import HOST, Network


def echo(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        for frame in connection:
            connection.send(frame)


def answer_plain(_connection: ServerConnection, request: Request) -> Response | None:
    if request.headers.get("Upgrade"):
        return None
    headers = Headers({"Content-Length": "5", "X-Host": request.headers["Host"]})
    return Response(HTTPStatus.OK, "OK", headers, b"plain")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serve(echo, HOST, 0, process_request=answer_plain) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def network(port: int) -> Iterator[Network]:
    """The network as the address itself; as a proxy it knows a name of the service."""
    with networked(Network((HOST, port), {NAME: HOST})) as network:
        yield network
