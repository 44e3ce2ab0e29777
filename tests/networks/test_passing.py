"""What passes a network, what is counted, and how the desktop comes to have one in its way."""

import asyncio
import socket
import threading
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from desktop.outside import environment
from tests.http_wire import chunk_bytes, head_bytes, read_body, read_head
from tests.limits import HANG_S
from tests.loop_threads import listening, looping
from tests.networks.clients import NAME, assert_echoes, get, get_by_proxy, networked, open_by_proxy, open_socket
from tests.networks.modes import Mode
from tests.networks.network import HOST, Counts, Network

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
