"""Networks in the way of `websockets` and `httpx`, and of the desktop's choice of a proxy."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxyMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
)
from websockets.http11 import Request, Response
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

from desktop.outside import environment
from tests.http_wire import answer_bytes, chunk_bytes, head_bytes, read_body, read_head
from tests.limits import HANG_S
from tests.loop_threads import listening, looping
from tests.networks.modes import LOGIN, PAGE, Mode
from tests.networks.network import Counts, Network

HOST = "127.0.0.1"
NAME = "reports.example"
SOON_S = 0.1
REFUSALS = {
    Mode.UPGRADE_PAGE: 200,
    Mode.UPGRADE_BLOCKED: 403,
    Mode.UPGRADE_REQUIRED: 426,
    Mode.UPGRADE_UNAVAILABLE: 503,
}
CONNECT_FAILURES: dict[Mode, tuple[type[Exception], ...]] = {
    Mode.CONNECT_FORBIDDEN: (InvalidProxyStatus,),
    Mode.CONNECT_UNAUTHENTICATED: (InvalidProxyStatus,),
    Mode.CONNECT_RESET: (InvalidProxyMessage, OSError),
    Mode.CONNECT_PAGE: (InvalidMessage,),
    Mode.CONNECT_BARE_PAGE: (InvalidProxyMessage,),
    Mode.CONNECT_UNANSWERED: (TimeoutError,),
}


# --- a service that behaves -----------------------------------------------------------------------


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


@contextmanager
def networked(network: Network) -> Iterator[Network]:
    with network.running():
        yield network


@pytest.fixture
def network(port: int) -> Iterator[Network]:
    """The network as the address itself; as a proxy it knows a name of the service."""
    with networked(Network((HOST, port), {NAME: HOST})) as network:
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


# --- all passes -----------------------------------------------------------------------------------


def test_sockets_and_requests_pass_at_its_own_address(network: Network) -> None:
    with open_socket(network) as connection:
        assert_echoes(connection)
    answer = get(network)
    assert (answer.text, answer.headers["x-host"]) == ("plain", f"{HOST}:{network.port}")


def test_sockets_and_requests_pass_by_proxy(network: Network, port: int) -> None:
    with open_by_proxy(network, port) as connection:
        assert_echoes(connection)
    answer = get_by_proxy(network, port)
    assert (answer.text, answer.headers["x-host"]) == ("plain", f"{NAME}:{port}")


def test_closing_handshake_passes(network: Network) -> None:
    connection = open_socket(network)
    connection.close(1000, "bye")
    assert connection.close_code == 1000


def test_what_is_encrypted_passes_unread() -> None:
    hello = b"\x16\x03\x01 not http\r\n\r\n"

    async def serve_echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(len(hello)))
        await writer.drain()

    with looping("service") as loop, listening(loop, serve_echo) as port, networked(Network()) as network:
        network.mode = Mode.UPGRADE_BLOCKED
        with socket.create_connection((HOST, network.port), HANG_S) as client:
            client.sendall(f"CONNECT {HOST}:{port} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
            client.sendall(hello)
            assert client.recv(100) == hello


@pytest.mark.parametrize("is_chunked", [False, True])
def test_bodies_pass_piece_by_piece(is_chunked: bool) -> None:  # noqa: FBT001  a case
    first_read, bodies = threading.Event(), []

    async def serve_pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await read_head(reader)
            bodies.append(await read_body(head, reader))
            writer.write(head_bytes(200, [("Transfer-Encoding", "chunked")]) + chunk_bytes(b"one"))
            assert await asyncio.to_thread(first_read.wait, HANG_S)
            writer.write(chunk_bytes(b"two") + chunk_bytes(b""))

    body: Any = iter([b"x" * 100_000, b"y"]) if is_chunked else b"x" * 100_000 + b"y"
    with (
        looping("service") as loop,
        listening(loop, serve_pieces) as port,
        networked(Network((HOST, port))) as network,
        httpx.Client(trust_env=False, timeout=HANG_S) as client,
    ):
        with client.stream("POST", network.address_of("http://h/"), content=body) as answer:
            pieces = answer.iter_raw()
            assert next(pieces) == b"one"
            first_read.set()
            assert list(pieces) == [b"two"]
        assert client.post(network.address_of("http://h/"), content=b"again").content == b"onetwo"
        assert network.counts.requests == 2
        assert network.counts.connections == 1
    assert bodies == [b"x" * 100_000 + b"y", b"again"]


def test_client_that_goes_away_is_gone_for_the_service() -> None:
    gone = threading.Event()

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(head_bytes(200, [("Transfer-Encoding", "chunked")]) + chunk_bytes(b"one"))
        await reader.read()
        gone.set()

    with looping("service") as loop, listening(loop, stream) as port, networked(Network((HOST, port))) as network:
        with httpx.stream("GET", network.address_of("http://h/"), trust_env=False) as answer:
            assert next(answer.iter_raw()) == b"one"
        assert gone.wait(HANG_S)


def test_service_that_is_not_there_is_a_bad_gateway() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
    with networked(Network((HOST, port))) as network:
        assert get(network).status_code == 502


# --- CONNECT --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", CONNECT_FAILURES)
def test_connect_fails(network: Network, port: int, mode: Mode) -> None:
    network.mode = mode
    with pytest.raises(CONNECT_FAILURES[mode]):
        open_by_proxy(network, port, open_timeout=SOON_S if mode is Mode.CONNECT_UNANSWERED else HANG_S)
    assert network.counts.tunnels == 1
    assert network.counts.upgrades == 0


@pytest.mark.parametrize(("mode", "status"), [(Mode.CONNECT_FORBIDDEN, 403), (Mode.CONNECT_UNAUTHENTICATED, 407)])
def test_proxy_says_why_it_refuses(network: Network, port: int, mode: Mode, status: int) -> None:
    network.mode = mode
    with pytest.raises(InvalidProxyStatus) as caught:
        open_by_proxy(network, port)
    assert caught.value.response.status_code == status
    assert caught.value.response.headers.get("Proxy-Authenticate") == (
        'Basic realm="network"' if status == 407 else None
    )


@pytest.mark.parametrize("mode", [Mode.CONNECT_FORBIDDEN, Mode.CONNECT_UNAUTHENTICATED, Mode.CONNECT_RESET])
def test_requests_over_tls_are_refused_with_connect(network: Network, mode: Mode) -> None:
    network.mode = mode
    with pytest.raises((httpx.ProxyError, httpx.ReadError)):
        httpx.get(f"https://{NAME}/", proxy=network.url, trust_env=False)


# --- upgrades -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", REFUSALS)
def test_upgrade_is_answered_by_the_network(network: Network, port: int, mode: Mode) -> None:
    network.mode = mode
    with pytest.raises(InvalidStatus) as direct:
        open_socket(network)
    with pytest.raises(InvalidStatus) as tunnelled:
        open_by_proxy(network, port)
    for caught in (direct, tunnelled):
        response = caught.value.response
        assert (response.status_code, response.body) == (REFUSALS[mode], PAGE)
        assert response.headers["Content-Type"] == "text/html"
    assert network.counts.upgrades == 2


def test_upgrade_is_sent_to_a_page_where_one_signs_in(network: Network) -> None:
    network.mode = Mode.UPGRADE_LOGIN
    with pytest.raises(InvalidURI, match=LOGIN):  # websockets follows, as far as the address of a page
        open_socket(network)


def test_upgrade_that_is_stripped_is_answered_by_the_service(network: Network) -> None:
    network.mode = Mode.UPGRADE_STRIPPED
    with pytest.raises(InvalidStatus) as caught:
        open_socket(network)
    assert (caught.value.response.status_code, caught.value.response.body) == (200, b"plain")


def test_frames_are_swallowed(network: Network) -> None:
    network.mode = Mode.FRAMES_SWALLOWED
    with open_socket(network) as connection:
        assert not connection.ping().wait(SOON_S)
        connection.send("hello")
        with pytest.raises(TimeoutError):
            connection.recv(SOON_S)
        network.cut_all()


def test_socket_is_killed_after_a_while(network: Network) -> None:
    network.mode, network.kill_after_s = Mode.SOCKET_KILLED, 3 * SOON_S
    opened_at = time.monotonic()
    with open_socket(network) as connection:
        assert_echoes(connection)
        with pytest.raises(ConnectionClosed) as caught:
            connection.recv(HANG_S)
    assert caught.value.rcvd is None
    assert time.monotonic() - opened_at >= 3 * SOON_S


def test_socket_is_reset_after_the_upgrade(network: Network) -> None:
    network.mode = Mode.UPGRADE_RESET
    with pytest.raises((ConnectionClosed, InvalidHandshake, OSError)):
        open_socket(network).recv(HANG_S)
    assert network.counts.upgrades == 1


@pytest.mark.parametrize("mode", Mode)
def test_requests_pass_in_every_mode(network: Network, port: int, mode: Mode) -> None:
    network.mode = mode
    assert (get(network).text, get_by_proxy(network, port).text) == ("plain", "plain")


@pytest.mark.parametrize("mode", [Mode.FRAMES_SWALLOWED, Mode.SOCKET_KILLED, Mode.UPGRADE_RESET])
def test_handshake_that_the_service_refuses_is_answered_by_it(mode: Mode) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(answer_bytes(401, [], b"who?"))

    with looping("service") as loop, listening(loop, refuse) as port, networked(Network((HOST, port))) as network:
        network.mode = mode
        with pytest.raises(InvalidStatus) as caught:
            open_socket(network)
    assert (caught.value.response.status_code, caught.value.response.body) == (401, b"who?")


# --- changed and counted --------------------------------------------------------------------------


def test_mode_holds_for_what_begins_under_it(network: Network) -> None:
    with open_socket(network) as connection:
        network.mode = Mode.UPGRADE_BLOCKED
        with pytest.raises(InvalidStatus):
            open_socket(network)
        assert_echoes(connection)
        network.mode = Mode.THROUGH
        with open_socket(network) as other:
            assert_echoes(other)


def test_present_connections_are_cut(network: Network, port: int) -> None:
    with open_socket(network) as direct, open_by_proxy(network, port) as tunnelled:
        network.cut_all()
        for connection in (direct, tunnelled):
            with pytest.raises(ConnectionClosed) as caught:
                connection.recv(HANG_S)
            assert caught.value.rcvd is None
    with open_socket(network) as connection:
        assert_echoes(connection)


def test_what_went_through_is_counted(network: Network) -> None:
    with httpx.Client(trust_env=False) as client:
        client.get(network.address_of("http://h/"))
    before = network.counts
    with open_socket(network) as connection:
        assert_echoes(connection)
        opened = network.counts
        connection.send("x" * 1000)
        connection.recv(HANG_S)
        grown = network.counts - opened
    assert (before.connections, before.requests, before.upgrades) == (1, 1, 0)
    assert (network.counts - before).upgrades == 1
    # a frame of 1,000 bytes has a head of 4, and from a client a mask of 4 (RFC 6455, section 5.2)
    assert grown == Counts(bytes_up=1008, bytes_down=1004)


# --- the desktop's proxy --------------------------------------------------------------------------


@pytest.fixture
def by_environment(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    for name in ("all", "http", "https", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", network.url)
    return network


def test_desktop_takes_the_network_for_its_proxy_to_any_name(by_environment: Network, port: int) -> None:
    proxy = environment.proxy_of(f"ws://{NAME}:{port}")
    assert proxy is not None
    with connect(f"ws://{NAME}:{port}/", proxy=proxy.url, legacy=True) as connection:
        assert_echoes(connection)
    assert by_environment.counts.tunnels == 1


def test_desktop_takes_no_proxy_to_this_machine_unless_it_forgets_which_that_is(
    by_environment: Network, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment.proxy_of(f"ws://{HOST}:{port}") is None
    monkeypatch.setattr(environment, "LOOPBACK", frozenset())
    proxy = environment.proxy_of(f"ws://{HOST}:{port}")
    assert proxy is not None
    with connect(f"ws://{HOST}:{port}/", proxy=proxy.url, legacy=True) as connection:
        assert_echoes(connection)
    assert by_environment.counts.tunnels == 1
