"""The authorizer's settings, and how it asks an issuer."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from backend.tokens.key_set import KeysUnavailable
from backend.wiring import for_authorizer
from backend.wiring.for_authorizer import compose, fetch
from backend.wiring.settings import AuthorizerSettings, InvalidSettings

NEEDED = {"METRICS_NAMESPACE": "Reportwire/dev", "ISSUER": "https://issuer.example/pool", "CLIENT_ID": "desktop"}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/long")
            self.end_headers()
            return
        self.send_response(200 if self.path != "/wrong" else 500)
        self.end_headers()
        self.wfile.write(b"x" * (for_authorizer.LONGEST_ANSWER + (self.path == "/long")))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ({}, "https://issuer.example/pool/.well-known/openid-configuration"),
        ({"ISSUER": "https://issuer.example/"}, "https://issuer.example/.well-known/openid-configuration"),
        ({"DISCOVERY_URL": "https://a.example/b"}, "https://a.example/b"),
    ],
)
def test_issuer_is_asked_in_the_usual_place_or_another(told: dict[str, str], asked: str) -> None:
    urls = []

    def fetch(url: str) -> bytes:
        urls.append(url)
        raise OSError

    believing = compose(AuthorizerSettings.read(NEEDED | told), fetch, lambda: 0.0, lambda: 0.0)
    with pytest.raises(KeysUnavailable):
        believing.key("any")
    assert urls == [asked]


def test_audience_and_groups_are_those_that_are_set() -> None:
    usual = compose(AuthorizerSettings.read(NEEDED), fetch, lambda: 0.0, lambda: 0.0)
    assert (usual.audience, usual.groups_claim, usual.groups) == (None, "groups", frozenset())
    told = NEEDED | {"AUDIENCE": "reports", "GROUPS_CLAIM": "cognito:groups", "REPORT_GROUPS": '["a b", "c"]'}
    set_ = compose(AuthorizerSettings.read(told), fetch, lambda: 0.0, lambda: 0.0)
    assert (set_.audience, set_.groups_claim, set_.groups) == ("reports", "cognito:groups", frozenset({"a b", "c"}))


@pytest.mark.parametrize("missing", NEEDED)
def test_what_is_needed_is_named(missing: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{missing} is not set"):
        AuthorizerSettings.read({name: value for name, value in NEEDED.items() if name != missing})


def test_answer_of_a_fitting_length_is_taken(address: str) -> None:
    assert len(fetch(f"{address}/keys")) == for_authorizer.LONGEST_ANSWER


@pytest.mark.parametrize("path", ["/long", "/elsewhere", "/wrong"])
def test_answer_that_is_too_long_from_elsewhere_or_wrong_is_none(address: str, path: str) -> None:
    with pytest.raises(OSError, match=r"too long|302|500"):
        fetch(address + path)


@pytest.mark.parametrize(
    "url", ["http://issuer.example/keys", "file:///etc/passwd", "ftp://issuer.example", "keys", ""]
)
def test_address_that_is_not_https_is_not_asked(url: str) -> None:
    with pytest.raises(OSError, match="not https"):
        fetch(url)


def test_issuer_that_accepts_and_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(for_authorizer, "TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(OSError, match="timed out"):
        fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/keys")
