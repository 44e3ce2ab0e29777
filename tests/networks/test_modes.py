"""Each way in which a network stands in the way, as `websockets` and `httpx` see it."""

import asyncio
import time

import httpx
import pytest
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxyMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
)

from tests.http_wire import answer_bytes, read_head
from tests.limits import HANG_S
from tests.loop_threads import listening, looping
from tests.networks.clients import (
    NAME,
    SOON_S,
    assert_echoes,
    get,
    get_by_proxy,
    networked,
    open_by_proxy,
    open_socket,
)
from tests.networks.modes import LOGIN, PAGE, Mode
from tests.networks.network import HOST, Network

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


# --- CONNECT --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", CONNECT_FAILURES)
def test_connect_fails(network: Network, port: int, mode: Mode) -> None:
    network.mode = mode
    with pytest.raises(CONNECT_FAILURES[mode]):
        open_by_proxy(network, port, open_timeout=5 * SOON_S if mode is Mode.CONNECT_UNANSWERED else HANG_S)
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
    network.mode, network.kill_after_s = Mode.SOCKET_KILLED, HANG_S
    with open_socket(network) as living:
        network.kill_after_s = SOON_S
        opened_at = time.monotonic()
        with open_socket(network) as connection, pytest.raises(ConnectionClosed) as caught:
            connection.recv(HANG_S)
        assert caught.value.rcvd is None
        assert time.monotonic() - opened_at >= SOON_S
        assert_echoes(living)


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
