"""A service and a file server for what runs outside the test's own loop: each on loopback, in a thread."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec.structs import replace
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from backend.protocol.codec import decode_request, encode
from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CancelReport,
    CatalogMessage,
    DefinitionInfo,
    DescribeCatalog,
    ErrorInfo,
    ErrorMessage,
    GenerateReport,
    Link,
    ListReports,
    Ping,
    PongMessage,
    ReportMessage,
    ReportsMessage,
    Request,
    Result,
    ServiceMessage,
    Snapshot,
    WatchReports,
)
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = "X-Amz-Signature=5ec2e7"
CONTENT = bytes(range(256)) * 4096
SAMPLE = DefinitionInfo(
    id="sample",
    title="Sample [EU]",
    description="Rows that [mean] nothing.",
    parameters={
        "type": "object",
        "properties": {
            "delay": {"type": "integer", "title": "Delay (ms)", "minimum": 0, "maximum": 840_000, "default": 0},
            "label": {"type": "string", "title": "Label", "maxLength": 20},
        },
    },
    formats=("csv", "xlsx"),
)


def snapshot_of(report_id: str, **changes: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "revision": 0,
        "state": State.QUEUED,
        "definition": "sample",
        "parameters": {},
        "format": "csv",
    }
    return Snapshot(report_id=report_id, created_at=NOW, **(fields | changes))


def result_of(content: bytes, **changes: Any) -> Result:
    fields: dict[str, Any] = {"size_bytes": len(content), "sha256": sha256(content).hexdigest(), "row_count": 7}
    return Result(file_name="sample.csv", expires_at=datetime.now(UTC) + timedelta(days=7), **(fields | changes))


def link_to(url: str, lives: timedelta = timedelta(minutes=15)) -> Link:
    return Link(url=url, expires_at=datetime.now(UTC) + lives)


def finished(report_id: str, content: bytes, url: str) -> Snapshot:
    return snapshot_of(
        report_id, revision=9, state=State.SUCCEEDED, result=result_of(content), link=link_to(url), finished_at=NOW
    )


# --- the service ----------------------------------------------------------------------------------

Course = Callable[[GenerateReport], Iterator[Snapshot | ErrorInfo]]


def at_once(request: GenerateReport) -> Iterator[Snapshot]:
    yield snapshot_of(str(request.report_id))
    yield finished(str(request.report_id), CONTENT, f"https://files.example/a?{SECRET}")


@dataclass
class FakeService:
    """Answers each request; `course` says what becomes of a report, `refused` what is refused instead."""

    course: Course = at_once
    listed: Sequence[Snapshot] = ()
    refused: dict[type, ErrorInfo] = field(default_factory=dict)
    mute: tuple[type, ...] = ()
    """What is left without an answer."""
    owners: list[str] = field(default_factory=list)
    """Who was let in."""
    lets_in: Callable[[str], bool] | None = None
    """Whether whoever sends this `Authorization` may connect."""
    status: HTTPStatus | None = None
    """What connections are refused with."""
    requests: list[Request] = field(default_factory=list)

    @property
    def submitted(self) -> list[GenerateReport]:
        return [request.data for request in self.requests if isinstance(request.data, GenerateReport)]

    def answers(self, request: Request) -> Iterator[ServiceMessage]:
        request_id = str(request.request_id)
        if error := self.refused.get(type(request.data)):
            yield ErrorMessage(request_id=request_id, error=error)
            return
        match request.data:
            case DescribeCatalog():
                yield CatalogMessage(request_id=request_id, definitions=(SAMPLE,))
            case ListReports(before=before, limit=limit):
                start = int(before or 0)
                is_more = len(self.listed) > start + limit
                yield ReportsMessage(
                    request_id=request_id,
                    reports=tuple(self.listed[start : start + limit]),
                    next=str(start + limit) if is_more else None,
                )
            case WatchReports(report_ids=ids):
                yield ReportsMessage(request_id=request_id, reports=(), missing=ids)
            case CancelReport(report_id=report_id):
                yield ReportMessage(
                    request_id=request_id, report=snapshot_of(report_id, revision=9, state=State.CANCELLED)
                )
            case GenerateReport():
                for said in self.course(request.data):
                    if isinstance(said, ErrorInfo):
                        yield ErrorMessage(request_id=request_id, error=said)
                    else:
                        yield ReportMessage(request_id=request_id, report=said)
            case Ping():
                yield PongMessage(request_id=request_id)

    def converse(self, connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            for frame in connection:
                request = decode_request(str(frame))
                self.requests.append(request)
                for message in () if isinstance(request.data, self.mute) else self.answers(request):
                    connection.send(encode(message).decode())

    def refuse(self, connection: ServerConnection, request: HttpRequest) -> Response | None:
        status = self.status
        if self.lets_in and not self.lets_in(request.headers.get("Authorization", "")):
            status = HTTPStatus.FORBIDDEN
        if status is None:
            return None
        return Response(status, status.phrase, Headers({"Content-Type": "application/json"}), b"{}")


@contextlib.contextmanager
def serving(service: FakeService) -> Iterator[Profile]:
    with serve(service.converse, "127.0.0.1", 0, process_request=service.refuse, close_timeout=0.1) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield profile_of(f"ws://127.0.0.1:{server.socket.getsockname()[1]}/local")
        finally:
            server.shutdown()
            thread.join()


def profile_of(endpoint: str) -> Profile:
    auth = IamAuth(access_key_id="AKIDEXAMPLE", secret_access_key="wJalrXUtnFEMI")
    return Profile(name="test", endpoint=endpoint, region="eu-central-1", auth=auth)


# --- the files ------------------------------------------------------------------------------------


class Files(BaseHTTPRequestHandler):
    """Answers each request with the next line of the script; after the last, with what was asked for."""

    server: "FileServer"

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.server.asked.append(asked)
        self.server.encodings.append(self.headers.get("Accept-Encoding", ""))
        start = int(asked.removeprefix("bytes=").removesuffix("-") or 0)
        script = self.server.script
        with contextlib.suppress(ConnectionError):
            (script.pop(0) if script else serve_rest)(self, start)

    def begin(self, status: int, length: int | None = None) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


Answer = Callable[[Files, int], None]


class FileServer(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, content: bytes, script: Sequence[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Files)
        self.content = content
        self.script = list(script)
        self.asked: list[str] = []
        """The `Range` of each request."""
        self.encodings: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/reports/a.csv?{SECRET}"


@contextlib.contextmanager
def files(*script: Answer, content: bytes = CONTENT) -> Iterator[FileServer]:
    with FileServer(content, script) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def serve_rest(files: Files, start: int) -> None:
    rest = files.server.content[start:]
    files.begin(206 if rest else 416, len(rest))
    files.wfile.write(rest)


def serve_whole(files: Files, _start: int) -> None:
    files.begin(200, len(files.server.content))
    files.wfile.write(files.server.content)


def serve_endlessly(files: Files, _start: int) -> None:
    files.begin(200)
    while True:
        files.wfile.write(bytes(64 * 1024))


def hang(files: Files, start: int) -> None:
    """Announce the rest, and send nothing until the other side goes away."""
    files.begin(206, len(files.server.content) - start)
    files.wfile.flush()
    files.connection.recv(1)


def cut_after(size_bytes: int) -> Answer:
    """Break off in the middle of the answer."""

    def answer(files: Files, start: int) -> None:
        rest = files.server.content[start:]
        files.begin(206, len(rest))
        files.wfile.write(rest[:size_bytes])

    return answer


def without_end(files: Files, start: int) -> None:
    """Announce a byte more than there is."""
    rest = files.server.content[start:]
    files.begin(206, len(rest) + 1)
    files.wfile.write(rest)


def whole_cut_after(size_bytes: int) -> Answer:
    """Ignore the range, and break off."""

    def answer(files: Files, _start: int) -> None:
        files.begin(200, len(files.server.content))
        files.wfile.write(files.server.content[:size_bytes])

    return answer


def status(code: int) -> Answer:
    def answer(files: Files, _start: int) -> None:
        files.begin(code, 0)

    return answer


def running(report_id: str, **changes: Any) -> Snapshot:
    return replace(snapshot_of(report_id), revision=1, state=State.RUNNING, **changes)
