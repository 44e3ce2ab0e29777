"""The service's HTTP door on loopback: the real one, on fakes, or whatever a test answers in its place."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from backend.domain.caller import Caller
from backend.http_router import respond
from tests.backend.fakes import ANNA, World
from tests.backend.web.asking import REMAINING_S, event


@dataclass(frozen=True)
class Instead:
    """An answer in the place of the door's."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Door:
    """The door of a world; `instead` may answer for it: told the method and the path, it returns None to leave it."""

    world: World = field(default_factory=World)
    caller: Caller = ANNA
    instead: Callable[[str, str], Instead | None] = lambda _method, _path: None
    asked: list[str] = field(default_factory=list)
    """Every request: `GET /reports?limit=5`."""
    base: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Instead:
        """Answer one request. Who asks for what is no resource gets what API Gateway says."""
        with self._lock:
            self.asked.append(f"{method} {path}")
            if (instead := self.instead(method, path)) is not None:
                return instead
            try:
                asked = event(method, path, body.decode() or None, caller=self.caller, headers=headers)
            except LookupError:
                return Instead(404, b'{"message":"Not Found"}', {"Content-Type": "application/json"})
            answer = respond(asked, self.world.http, REMAINING_S)
        return Instead(answer["statusCode"], answer["body"].encode(), answer["headers"])


@contextlib.contextmanager
def open_door(door: Door) -> Iterator[str]:
    """Serve the door; give its address, which ends in `/v1`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = door.answer(self.command, self.path.removeprefix("/v1"), body, dict(self.headers.items()))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_PUT = do_POST = do_HEAD = handle_any  # noqa: N815  the names that http.server asks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        door.base = f"http://127.0.0.1:{server.server_port}/v1"
        yield door.base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
