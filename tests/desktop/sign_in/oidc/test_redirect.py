"""The way back from the browser: one address, one answer, and nothing for anybody else."""

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from backend.protocol.identity.redirects import REDIRECT_PATH
from desktop.sign_in.findings import NotSignedIn
from desktop.sign_in.oidc.page import PageWords
from desktop.sign_in.oidc.redirect import Redirect, listening

STATE = "the-state"
GOOD = f"{REDIRECT_PATH}?code=the-code&state={STATE}"


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@pytest.fixture
def redirect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Redirect]:
    monkeypatch.setattr("desktop.sign_in.oidc.redirect.LAST_PAGE_S", 0.0)
    with listening(STATE, PageWords(), free_ports(1)) as redirect:
        yield redirect


def ask(redirect: Redirect, target: str, *, method: str = "GET", host: str = "localhost", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", redirect.port, timeout=5)
    connection.request(method, target, headers={"Host": f"{host}:{redirect.port}"} | headers)
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "the-code" not in content
    assert "Python" not in str(answer.headers)
    return answer.status


def waited(redirect: Redirect) -> str:
    return redirect.wait(0.0, threading.Event()).code


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_answer_with_the_state_is_taken_and_its_page_follows(redirect: Redirect, host: str) -> None:
    assert ask(redirect, REDIRECT_PATH, host=host) == 404
    assert ask(redirect, GOOD, host=host) == 303
    assert waited(redirect) == "the-code"
    redirect.decide()
    assert ask(redirect, REDIRECT_PATH, host=host) == 200


@pytest.mark.parametrize(
    "target",
    [
        f"{REDIRECT_PATH}?code=the-code",
        f"{REDIRECT_PATH}?code=the-code&state=",
        f"{REDIRECT_PATH}?code=the-code&state={STATE}x",
        f"{REDIRECT_PATH}?code=the-code&state=%C3%A4%FF",
        f"{REDIRECT_PATH}?error=access_denied&state=another",
        f"{REDIRECT_PATH}?state={STATE}&{'&'.join(f'a{n}=1' for n in range(40))}",
    ],
)
def test_answer_to_another_attempt_is_refused_and_the_right_one_still_counts(redirect: Redirect, target: str) -> None:
    assert ask(redirect, target) == 400
    assert ask(redirect, GOOD) == 303
    assert waited(redirect) == "the-code"


@pytest.mark.parametrize(
    ("method", "target", "host"),
    [
        ("GET", "/", "localhost"),
        ("GET", "/favicon.ico", "localhost"),
        ("GET", f"/x{GOOD}", "localhost"),
        ("GET", GOOD, "rebound.example"),
        ("GET", f"/{'a' * 70_000}", "localhost"),
        ("POST", GOOD, "localhost"),
        ("HEAD", GOOD, "localhost"),
        ("OPTIONS", GOOD, "localhost"),
    ],
)
def test_everything_else_is_not_there(redirect: Redirect, method: str, target: str, host: str) -> None:
    assert ask(redirect, target, method=method, host=host) == 404
    with pytest.raises(NotSignedIn):
        waited(redirect)


def test_connection_on_which_nothing_is_said_is_in_nobody_s_way(redirect: Redirect) -> None:
    with socket.create_connection(("127.0.0.1", redirect.port)):
        assert ask(redirect, GOOD) == 303


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6 here")
def test_both_loopback_addresses_are_listened_on(redirect: Redirect) -> None:
    with socket.create_connection(("::1", redirect.port)) as connection:
        connection.sendall(f"GET {GOOD} HTTP/1.1\r\nHost: localhost:{redirect.port}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.0 303"


def test_next_port_is_taken_where_another_program_has_one_of_either_address() -> None:
    ports = free_ports(3)
    with ExitStack() as taken:
        taken.enter_context(socket.create_server(("127.0.0.1", ports[0])))
        if socket.has_dualstack_ipv6():
            taken.enter_context(socket.create_server(("::1", ports[1]), family=socket.AF_INET6))
        else:
            taken.enter_context(socket.create_server(("127.0.0.1", ports[1])))
        with listening(STATE, PageWords(), ports) as redirect:
            assert redirect.address == f"http://localhost:{ports[2]}{REDIRECT_PATH}"
        taken.enter_context(socket.create_server(("127.0.0.1", ports[2])))
        with (
            pytest.raises(NotSignedIn, match=f"other programs use all of the ports {ports[0]}, "),
            listening(STATE, PageWords(), ports),
        ):
            pass


def test_port_is_free_again_afterwards() -> None:
    ports = free_ports(1)
    for _ in range(2):
        with listening(STATE, PageWords(), ports) as redirect:
            assert redirect.port == ports[0]
