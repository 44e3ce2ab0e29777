"""A coordinator on loopback that answers by a script and keeps what it was asked.

test ── answers ──▶ **Coordinator** ◀── HTTP ── `Statements`
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Answered:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Coordinator:
    url: str = ""
    script: list[Answered] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def says(self, **answer: Any) -> None:
        """Add an answer of Trino's: `next` is a path of this coordinator."""
        following = answer.pop("next", None)
        document = {"id": "20261102_090000_00001_abcde", "infoUri": f"{self.url}/ui", **answer}
        if following is not None:
            document["nextUri"] = following if "://" in following else self.url + following
        self.script.append(Answered(body=json.dumps(document).encode()))

    def fails(self, status: int, **headers: str) -> None:
        self.script.append(Answered(status, b"<html>no</html>", headers))

    @property
    def lines(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


def stats(state: str, **counts: int) -> dict[str, Any]:
    """Return statistics as the coordinator has them, with members that nobody here reads."""
    return {"state": state, "queued": state == "QUEUED", "scheduled": True, "nodes": 2, "totalSplits": 12, **counts}


@contextmanager
def running() -> Iterator[Coordinator]:
    coordinator = Coordinator()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            coordinator.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            answer = coordinator.script.pop(0)
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        coordinator.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield coordinator
        finally:
            server.shutdown()
            thread.join()
