"""Answers that a function streams, driven chunk by chunk, and what ends them."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server, socket
from typing import Any, TextIO

import httpx
import pytest

from tests.faults.runtime_api import StreamingApi, streaming_api
from tests.limits import HANG_S

BOOTSTRAP = '''
"""A bootstrap whose function does what it reads from a socket, a line each: what to say next."""

import http.client, json, os, socket, sys

ROOT = "/2018-06-01/runtime/"
if os.environ["_HANDLER"] == "broken.handler":
    sys.exit("no such handler")
orders = socket.create_connection(("127.0.0.1", int(os.environ["ORDERS"]))).makefile("r")
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def post(request_id, headers):
    api.putrequest("POST", f"{ROOT}invocation/{request_id}/response")
    for name, value in headers.items():
        api.putheader(name, value)
    api.endheaders()


def chunk(data):
    api.send(b"%x\\r\\n%b\\r\\n" % (len(data), data))


def stream(request_id):
    post(request_id, {
        "Lambda-Runtime-Function-Response-Mode": "streaming",
        "Content-Type": "application/vnd.awslambda.http-integration-response",
        "Transfer-Encoding": "chunked",
    })
    prelude = {"statusCode": 200, "headers": {"Content-Type": "text/event-stream"}, "cookies": ["a=1", "b=2"]}
    chunk(json.dumps(prelude).encode() + b"\\0" * 3)
    chunk(b"\\0" * 5)
    for order in orders:
        match order.split():
            case ["chunk", text]:
                chunk(f"data: {text}\\n\\n".encode())
            case ["end"]:
                return api.send(b"0\\r\\n\\r\\n")
            case ["fail"]:
                return api.send(b"0\\r\\nLambda-Runtime-Function-Error-Type: Function.Failed\\r\\n\\r\\n")
            case ["exit"]:
                os._exit(3)


while True:
    api.request("GET", f"{ROOT}invocation/next")
    answer = api.getresponse()
    request_id, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], answer.read()
    assert int(answer.headers["Lambda-Runtime-Deadline-Ms"]) > 0
    match orders.readline().split():
        case ["stream"]:
            stream(request_id)
        case ["whole"]:
            body = json.dumps({"statusCode": 200, "headers": {"X-Event": "1"}, "body": event.decode()}).encode()
            api.request("POST", f"{ROOT}invocation/{request_id}/response", body)
        case ["error"]:
            api.request("POST", f"{ROOT}invocation/{request_id}/error", b"{}",
                        {"Lambda-Runtime-Function-Error-Type": "Function.Broken"})
        case ["variables"]:
            body = json.dumps({"statusCode": 200, "body": json.dumps(dict(os.environ))}).encode()
            api.request("POST", f"{ROOT}invocation/{request_id}/response", body)
        case []:
            sys.exit()
    answer = api.getresponse()
    assert answer.status == 202, answer.status
    answer.read()
'''


@dataclass
class Bench:
    """The API, and the other end of its processes' sockets."""

    api: StreamingApi
    server: socket
    stack: ExitStack
    client: httpx.Client
    _streams: list[TextIO] = field(default_factory=list)

    def function(self) -> "Function":
        """Return the next process that has started."""
        connection, _ = self.server.accept()
        self.stack.enter_context(connection)
        return Function(self.stack.enter_context(connection.makefile("w")))

    def get(self, path: str = "/reports/r%201/events?a=1&a=2", **options: Any) -> httpx.Response:
        return self.client.get(f"{self.api.url}{path}", **options)

    @contextmanager
    def stream(self) -> Iterator[Iterator[bytes]]:
        with self.client.stream("GET", f"{self.api.url}/reports/r/events") as answer:
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
            yield answer.iter_raw()


@dataclass
class Function:
    _orders: TextIO

    def do(self, *orders: str) -> None:
        for order in orders:
            self._orders.write(f"{order}\n")
        self._orders.flush()


@contextmanager
def bench_of(path: Path, **options: Any) -> Iterator[Bench]:
    script = path / "bootstrap.py"
    script.write_text(BOOTSTRAP)
    with (
        create_server(("127.0.0.1", 0)) as server,
        ExitStack() as stack,
        streaming_api(
            [sys.executable, str(script)],
            "/reports/{reportId}/events",
            task_root=path,
            environment={"ORDERS": str(server.getsockname()[1])},
            **options,
        ) as api,
        httpx.Client(trust_env=False, timeout=HANG_S) as client,
    ):
        server.settimeout(HANG_S)
        yield Bench(api, server, stack, client)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path) as bench:
        yield bench


def test_chunks_arrive_as_they_are_written(bench: Bench) -> None:
    function = bench.function()
    function.do("stream")
    with bench.stream() as chunks:
        for text in ("one", "two", "three"):
            function.do(f"chunk {text}")
            assert next(chunks) == f"data: {text}\n\n".encode()
        function.do("end")
        assert list(chunks) == []


def test_head_arrives_before_the_first_chunk(bench: Bench) -> None:
    function = bench.function()
    function.do("stream")
    with bench.client.stream("GET", f"{bench.api.url}/reports/r/events") as answer:
        assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
        assert answer.headers["x-amzn-requestid"]
        function.do("end")


def test_process_serves_one_request_after_another(bench: Bench) -> None:
    function = bench.function()
    for text in ("one", "two"):
        function.do("stream", f"chunk {text}", "end")
        with bench.stream() as chunks:
            assert b"".join(chunks) == f"data: {text}\n\n".encode()
    assert bench.api.processes == 1


def test_event_is_that_of_a_rest_api(bench: Bench) -> None:
    bench.function().do("whole")
    answer = bench.get(headers={"Authorization": "AWS4-HMAC-SHA256 Credential=AKID/x", "Last-Event-ID": "7"})
    assert answer.status_code == 403
    answer = bench.get(headers={"Last-Event-ID": "7"})
    event = answer.json()
    assert answer.headers["x-event"] == "1"
    assert (event["httpMethod"], event["resource"]) == ("GET", "/reports/{reportId}/events")
    assert (event["path"], event["pathParameters"]) == ("/reports/r%201/events", {"reportId": "r 1"})
    assert event["queryStringParameters"] == {"a": "2"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert {name.lower(): value for name, value in event["headers"].items()}["last-event-id"] == "7"
    assert event["requestContext"]["path"] == "/v1/reports/r%201/events"
    assert event["requestContext"]["identity"]["accessKey"] is None
    assert event == bench.api.invocations[0].event


def test_path_on_the_emulator_is_understood(tmp_path: Path) -> None:
    with bench_of(tmp_path, identity={"userArn": "arn:someone"}) as bench:
        bench.function().do("whole")
        now = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        scope = f"AKID/{now[:8]}/us-east-1/execute-api/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0", "X-Amz-Date": now}
        event = bench.get("/_aws/execute-api/abc/prod/reports/r/events", headers=headers).json()
    assert (event["path"], event["requestContext"]["stage"]) == ("/reports/r/events", "prod")
    identity = event["requestContext"]["identity"]
    assert (identity["accessKey"], identity["userArn"]) == ("AKID", "arn:someone")


@pytest.mark.parametrize("path", ["/", "/reports/events", "/reports/a/b/events"])
def test_other_paths_are_refused(bench: Bench, path: str) -> None:
    answer = bench.get(path)
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_expired_signature_is_refused(tmp_path: Path) -> None:
    with bench_of(tmp_path, region="eu-west-1") as bench:
        signed_at = f"{datetime.now(UTC) - timedelta(minutes=6):%Y%m%dT%H%M%SZ}"
        scope = f"AKID/{signed_at[:8]}/eu-west-1/execute-api/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}", "X-Amz-Date": signed_at}
        assert bench.get(headers=headers).status_code == 403
        assert bench.api.invocations == []


def test_function_finds_what_lambda_sets_and_nothing_of_the_caller_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "of the caller")
    with bench_of(tmp_path, handler="backend.events.handler") as bench:
        bench.function().do("variables")
        found = bench.get().json()
    assert found["_HANDLER"] == "backend.events.handler"
    assert found["LAMBDA_TASK_ROOT"] == str(tmp_path)
    assert found["AWS_LAMBDA_RUNTIME_API"].startswith("127.0.0.1:")
    assert "SECRET" not in found


def test_silent_stream_is_cut_and_the_function_goes_on(bench: Bench) -> None:
    function = bench.function()
    function.do("stream", "chunk one")
    with bench.stream() as chunks:
        assert next(chunks) == b"data: one\n\n"
        bench.api.idle_s = 0.1
        function.do("chunk two")  # the edge may have begun to wait for it under the old limit
        with pytest.raises(httpx.RemoteProtocolError):
            list(chunks)
    function.do("chunk three", "end")
    (invocation,) = bench.api.invocations
    assert invocation.over.wait(HANG_S)
    assert invocation.written.endswith(b"data: two\n\ndata: three\n\n")
    assert invocation.fault is None


def test_stream_is_cut_at_its_age_however_lively(bench: Bench) -> None:
    function = bench.function()
    function.do("stream", "chunk one")
    with bench.stream() as chunks:
        assert next(chunks) == b"data: one\n\n"
        bench.api.total_s = 0.0
        function.do("chunk two", "chunk three")
        with pytest.raises(httpx.RemoteProtocolError):
            list(chunks)


def test_function_that_says_nothing_is_a_gateway_timeout(bench: Bench) -> None:
    bench.api.idle_s = 0.1
    answer = bench.get()
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})


def test_client_that_leaves_does_not_stop_the_function(bench: Bench) -> None:
    function = bench.function()
    function.do("stream", "chunk one")
    with bench.stream() as chunks:
        next(chunks)
    function.do("chunk two", "end")
    (invocation,) = bench.api.invocations
    assert invocation.over.wait(HANG_S)
    assert invocation.written.endswith(b"data: two\n\n")


def test_requests_at_once_have_a_process_each(bench: Bench) -> None:
    first = bench.function()
    first.do("stream", "chunk one")
    with bench.stream() as chunks:
        assert next(chunks) == b"data: one\n\n"
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(bench.get)
            bench.function().do("whole")
            assert asked.result(HANG_S).status_code == 200
        assert bench.api.processes == 2
        first.do("end")
        assert list(chunks) == []


@pytest.mark.parametrize(
    ("order", "faults"),
    [("fail", {"Function.Failed"}), ("exit", {"Runtime.ExitError: status 3", "Runtime.TruncatedResponse"})],
)
def test_stream_of_a_function_that_fails_is_cut(bench: Bench, order: str, faults: set[str]) -> None:
    function = bench.function()
    function.do("stream", "chunk one")
    with bench.stream() as chunks:
        assert next(chunks) == b"data: one\n\n"
        function.do(order)
        with pytest.raises(httpx.RemoteProtocolError):
            next(chunks)
    (invocation,) = bench.api.invocations
    assert invocation.over.wait(HANG_S)
    assert invocation.fault in faults


def test_function_that_fails_before_it_answers_is_a_bad_gateway(bench: Bench) -> None:
    bench.function().do("error")
    answer = bench.get()
    assert (answer.status_code, answer.json()) == (502, {"message": "Internal server error"})
    assert bench.api.invocations[0].fault == "Function.Broken"


def test_function_that_cannot_start_is_a_bad_gateway(tmp_path: Path) -> None:
    with bench_of(tmp_path, handler="broken.handler") as bench:
        assert bench.get().status_code == 502
        assert "no such handler" in bench.api.output


def test_bootstrap_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), streaming_api([str(tmp_path / "bootstrap")], "/", task_root=tmp_path):
        pass


def test_no_process_is_left(tmp_path: Path) -> None:
    with bench_of(tmp_path) as bench:
        function = bench.function()
        function.do("variables")
        bench.get()
        pids = [sandbox._process.pid for sandbox in bench.api._sandboxes if sandbox._process]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
