"""The end of a sign-in: the browser comes back to this computer, to an address that only this attempt knows.

browser ── code, state ──▶ **Redirect** ── `Answer` ──▶ sign_in;  a page that says that it may be closed ──▶ browser

Both loopback addresses are listened on, as `localhost` may be either. Whoever else asks, another user of this machine
or a web page, does not know the state, learns nothing, and does not end the wait. Sources:
https://www.rfc-editor.org/rfc/rfc8252#section-7.3, https://www.rfc-editor.org/rfc/rfc9207 (`iss`)
"""

import errno
import hmac
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from backend.protocol.identity.redirects import REDIRECT_PATH, REDIRECT_PORTS
from desktop.outside.patience import REACH_S
from desktop.outside.sentence import Sentence
from desktop.sign_in.findings import NotSignedIn
from desktop.sign_in.oidc.page import HEADERS, PageWords, page
from desktop.sign_in.oidc.reasons import say_refusal

LOOK_S = 0.1
"""How often to look whether the attempt was cancelled; on Windows also how long Ctrl-C may have to wait."""
DECISION_S = 3 * REACH_S
"""How long the browser waits for what becomes of its answer, which the issuer is asked meanwhile."""
LAST_PAGE_S = 2.0
"""How long the browser may take to fetch the page that says that its window may be closed."""
SILENCE_S = 5.0
"""Browsers open connections beforehand, and say nothing on them."""
_ABSENT = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}
"""What binding says where there is no IPv6."""
_LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Answer(Struct, frozen=True):
    """What the browser brought: a code, or why there is none."""

    code: str = ""
    refusal: str = ""
    """A sentence."""
    issuer: str | None = None
    """Who answers, where that is said."""

    def __repr__(self) -> str:
        """Leave out the code: reprs end in logs."""
        return f"Answer(refusal={self.refusal!r})"


class Redirect:
    """Waits for the browser at one port of `REDIRECT_PORTS`."""

    def __init__(self, port: int, state: str, words: PageWords) -> None:
        self.port = port
        self.address = f"http://localhost:{port}{REDIRECT_PATH}"
        self.words = words
        self._state = state
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self.has_answered = False
        self.last_page: bytes | None = None
        """What the browser is shown once it is known what becomes of its answer."""
        self.is_decided = threading.Event()
        self.is_shown = threading.Event()

    def take(self, query: str) -> bool:
        """Take what the browser brings, unless it belongs to another attempt; return whether it was taken."""
        given = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True, max_num_fields=30).items()}
        if not hmac.compare_digest(given.get("state", "").encode(), self._state.encode()):
            return False
        refusal = say_refusal(given["error"], given.get("error_description", "")) if "error" in given else ""
        if not refusal and not given.get("code"):
            refusal = "The sign-in answered without a code."
        self.has_answered = True
        self._answers.put(Answer("" if refusal else given["code"], refusal, given.get("iss")))
        return True

    def decide(self, refusal: str = "") -> None:
        """Show in the browser what became of its answer: nobody is signed in where there is a refusal, a sentence."""
        reason = self.words.translate(refusal)
        self.last_page = page(self.words.refused.format(reason=reason) if refusal else self.words.done)
        self.is_decided.set()

    def wait(self, limit_s: float, cancelled: threading.Event) -> Answer:
        """Return what the browser brings.

        Raises:
            NotSignedIn: It brings nothing within `limit_s`, or that was cancelled.
        """
        end = time.monotonic() + limit_s
        while not cancelled.is_set():
            try:
                return self._answers.get(timeout=LOOK_S)
            except queue.Empty:
                if time.monotonic() >= end:
                    raise NotSignedIn(
                        "The browser did not come back within {time}. Try again.", time=say_minutes(limit_s)
                    ) from None
        raise NotSignedIn("The sign-in was cancelled.")


@contextmanager
def listening(state: str, words: PageWords, ports: Sequence[int] = REDIRECT_PORTS) -> Iterator[Redirect]:
    """Listen at the first port that is free, for as long as the block lasts.

    Raises:
        NotSignedIn: None is.
    """
    for port in ports:
        redirect = Redirect(port, state, words)
        with ExitStack() as opened:
            servers = _bound(redirect, opened)
            if not servers:
                continue
            for server in servers:
                thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="redirect", daemon=True)
                thread.start()
                opened.callback(thread.join)
                opened.callback(server.shutdown)
            try:
                yield redirect
            finally:
                if redirect.has_answered:
                    redirect.is_shown.wait(LAST_PAGE_S)
            return
    numbers = ", ".join(map(str, ports))
    raise NotSignedIn("The browser has no way back: other programs use all of the ports {ports}.", ports=numbers)


def _bound(redirect: Redirect, opened: ExitStack) -> "list[_Server]":
    """Return a server for each loopback address; none if something else listens on either."""
    servers = []
    for family, host in _LOOPBACKS:
        try:
            server = _Server(family, host, redirect)
        except OSError as error:
            if family is socket.AF_INET6 and error.errno in _ABSENT:
                continue
            return []
        opened.callback(server.server_close)
        servers.append(server)
    return servers


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # elsewhere that would let two listen at one port

    def __init__(self, family: socket.AddressFamily, host: str, redirect: Redirect) -> None:
        self.address_family = family
        self.redirect = redirect
        super().__init__((host, redirect.port), _Handler)

    def server_bind(self) -> None:
        """Bind without looking up this computer's name, which takes seconds in some networks."""
        if exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None):
            self.socket.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        TCPServer.server_bind(self)

    def handle_error(self, _request: Any, _client_address: Any) -> None:  # noqa: ANN401  as socketserver has it
        """Print nothing: a browser that goes away is no error, and a traceback may have the code."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = SILENCE_S
    server_version = sys_version = ""

    def do_GET(self) -> None:
        redirect, parts = self.server.redirect, urlsplit(self.path)
        is_here = self.headers.get("Host", "").lower() in {f"{name}:{redirect.port}" for name in _NAMES}
        if not is_here or parts.path != REDIRECT_PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif not parts.query:
            self._show_last(redirect)
        elif _is_taken(lambda: redirect.take(parts.query)):
            # To the same page without the code, so that it stays neither in the address bar nor in the history.
            self._answer(HTTPStatus.SEE_OTHER, b"", {"Location": REDIRECT_PATH})
        else:
            self._answer(HTTPStatus.BAD_REQUEST, page(redirect.words.stray))

    def _show_last(self, redirect: Redirect) -> None:
        if redirect.has_answered:
            redirect.is_decided.wait(DECISION_S)
        if redirect.last_page is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self._answer(HTTPStatus.OK, redirect.last_page)
        redirect.is_shown.set()

    def send_error(self, _code: int, _message: str | None = None, _explain: str | None = None) -> None:
        """Answer 404, whatever was wrong."""
        self._answer(HTTPStatus.NOT_FOUND, page(self.server.redirect.words.nothing))

    def _answer(self, status: HTTPStatus, content: bytes, more: dict[str, str] | None = None) -> None:
        self.close_connection = True
        self.send_response(status)
        length = {"Content-Length": str(len(content)), "Connection": "close"}
        for name, value in (HEADERS | length | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing: an address has the code."""


def _is_taken(take: Callable[[], bool]) -> bool:
    try:
        return take()
    except ValueError:  # of too many fields
        return False


def say_minutes(seconds: float) -> str:
    """Return a time in words."""
    minutes = round(seconds / 60)
    if minutes > 1:
        return Sentence("{count} minutes", count=minutes)
    return Sentence("{count} seconds", count=round(seconds))
