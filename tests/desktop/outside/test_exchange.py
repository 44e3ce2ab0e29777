"""Small answers over HTTP: bounded, not redirected, and with no word of what was sent in what goes wrong."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from desktop.outside.http import LARGEST_ANSWER_BYTES, NotExchanged, exchange

SECRET = "5ec2e7"
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, content: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def test_answer_is_its_status_and_its_bytes() -> None:
    with answering(lambda handler: send(handler, 400, b"no")) as url:
        assert exchange(url) == (400, b"no")
        assert exchange(url, {"a": "b"}) == (400, b"no")


def test_redirect_is_an_answer() -> None:
    with answering(lambda handler: send(handler, 302, b"", Location="http://127.0.0.1:1/")) as url:
        assert exchange(url, {"token": SECRET})[0] == 302


def test_answer_without_an_end_is_none() -> None:
    with (
        answering(lambda handler: send(handler, 200, bytes(LARGEST_ANSWER_BYTES + 1))) as url,
        pytest.raises(NotExchanged, match="does not come to an end"),
    ):
        exchange(url)


def test_silence_is_none() -> None:
    over = threading.Event()

    def say_nothing(_handler: BaseHTTPRequestHandler) -> None:
        over.wait(10)

    with answering(say_nothing) as url:
        with pytest.raises(NotExchanged, match=r"^127\.0\.0\.1 does not answer\.$") as caught:
            exchange(url, {"token": SECRET}, limit_s=0.05)
        over.set()
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "https://[", "nonsense"])
def test_address_where_nobody_is_says_so(url: str) -> None:
    with pytest.raises(NotExchanged):
        exchange(url, {"token": SECRET})


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "SSL_CERT_FILE"])
def test_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, "socks5://127.0.0.1:1")
    with pytest.raises(NotExchanged, match=variable):
        exchange("https://issuer.example/")
