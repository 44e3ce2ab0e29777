"""The shipped loop, started as Lambda starts it, with a function that does what the request asks for."""

import base64
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.streaming.answer import StreamedAnswer
from backend.streaming.bootstrap import _chunks
from tests.faults.runtime_api import StreamingApi, streaming_api
from tests.limits import HANG_S

BACKEND = Path(__file__).parents[3] / "backend"
FUNCTION = """
import os, sys, time

from backend.streaming.answer import StreamedAnswer

def answer(event, context):
    what, asked = event["pathParameters"]["what"], event["queryStringParameters"] or {}
    assert what != "broken", "secret"
    assert context.get_remaining_time_in_millis() > 800_000
    return StreamedAnswer(202, {"Content-Type": "text/plain", "X-Id": context.aws_request_id}, pieces(what, asked))

def pieces(what, asked):
    yield b""
    yield "é\\0\\r\\n".encode() * 3
    if what == "waits":
        open(asked["began"], "w").close()
        while not os.path.exists(asked["until"]):
            time.sleep(0.01)
    if what == "breaks":
        raise ValueError("on the way")
    if what == "large":
        yield bytes(2**20)
    yield os.environ["_X_AMZN_TRACE_ID"].encode()
"""
BODY = "é\0\r\n".encode() * 3


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A task root that holds the loop, and a function."""
    shutil.copytree(BACKEND / "streaming", tmp_path / "backend" / "streaming")
    (tmp_path / "backend" / "__init__.py").touch()
    (tmp_path / "function.py").write_text(FUNCTION)
    return tmp_path


def started(root: Path, handler: str = "function.answer", **more: Any) -> Any:
    command = [str(root / "backend/streaming/start.sh"), sys.executable, "/var/runtime/bootstrap.py"]
    return streaming_api(command, "/{what}", handler=handler, task_root=root, most_processes=1, **more)


@pytest.fixture
def api(root: Path) -> Iterator[StreamingApi]:
    with started(root) as api:
        yield api


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=HANG_S) as client:
        yield client


def test_status_headers_and_body_arrive_as_they_are_given(api: StreamingApi, client: httpx.Client) -> None:
    answer = client.get(f"{api.url}/whole")
    assert (answer.status_code, answer.headers["content-type"]) == (202, "text/plain")
    assert answer.content.startswith(BODY + b"Root=")
    assert answer.headers["x-id"] == api.invocations[0].request_id


def test_piece_is_sent_before_the_next_is_made(api: StreamingApi, client: httpx.Client, tmp_path: Path) -> None:
    began, until = tmp_path / "began", tmp_path / "until"
    query = {"began": str(began), "until": str(until)}
    with client.stream("GET", f"{api.url}/waits", params=query) as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == BODY
        until.touch()
        assert b"".join(pieces).startswith(b"Root=")


def test_one_process_serves_one_event_after_another(api: StreamingApi, client: httpx.Client) -> None:
    seen = {client.get(f"{api.url}/large").headers["x-id"] for _ in range(3)}
    assert seen == {invocation.request_id for invocation in api.invocations}
    assert api.processes == 1


def test_client_that_leaves_is_not_noticed(api: StreamingApi, client: httpx.Client, tmp_path: Path) -> None:
    began, until = tmp_path / "began", tmp_path / "until"
    with client.stream("GET", f"{api.url}/waits", params={"began": str(began), "until": str(until)}) as answer:
        next(answer.iter_raw())
    until.touch()
    (invocation,) = api.invocations
    assert invocation.over.wait(HANG_S)
    assert (invocation.fault, b"Root=" in invocation.written) == (None, True)


def test_handler_that_fails_is_reported_and_the_next_event_served(api: StreamingApi, client: httpx.Client) -> None:
    refused = client.get(f"{api.url}/broken")
    assert (refused.status_code, "secret" in refused.text) == (502, False)
    assert api.invocations[0].fault == "Function.AssertionError"
    assert client.get(f"{api.url}/whole").status_code == 202
    assert api.processes == 1


def test_fault_on_the_way_is_in_the_trailers_and_the_answer_is_cut(api: StreamingApi, client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(f"{api.url}/breaks")
    (invocation,) = api.invocations
    assert invocation.over.wait(HANG_S)
    assert invocation.fault == "Function.ValueError"
    assert "on the way" in api.output
    assert client.get(f"{api.url}/whole").status_code == 202


@pytest.mark.parametrize("handler", ["function.nothing", "nothing.handler", "function"])
def test_handler_that_is_not_there_is_reported(root: Path, client: httpx.Client, handler: str) -> None:
    with started(root, handler) as api:
        assert client.get(f"{api.url}/whole").status_code == 502
        assert "no handler" in api.output


def test_start_runs_the_loop_in_the_interpreter_that_lambda_names() -> None:
    script = BACKEND / "streaming" / "start.sh"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == 'cd "$LAMBDA_TASK_ROOT" && exec "$1" -m backend.streaming.bootstrap'


def test_error_is_written_as_lambda_reads_it_without_its_own_words() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a"
        raise ValueError("secret")

    metadata, piece, last = _chunks(StreamedAnswer(200, {"A": "b"}, pieces()))
    size, _, rest = metadata.partition(b"\r\n")
    assert int(size, 16) == len(rest) - 2
    assert json.loads(rest.removesuffix(b"\0" * 8 + b"\r\n")) == {"statusCode": 200, "headers": {"A": "b"}}
    assert piece == b"1\r\na\r\n"
    end, kind, body, *nothing = last.split(b"\r\n")
    assert (end, kind, nothing) == (b"0", b"Lambda-Runtime-Function-Error-Type: Function.ValueError", [b"", b""])
    error = json.loads(base64.b64decode(body.partition(b": ")[2]))
    assert error["errorType"] == "ValueError"
    assert "secret" not in str(error)
