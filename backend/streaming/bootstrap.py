"""The loop of a function that streams: asks Lambda for an event, has it handled, sends the answer as it comes.

start.sh ──▶ **main** ── /next ──▶ Lambda's Runtime API ── event ──▶ handler ── pieces ──▶ **RuntimeApi** ──▶ /response

Stands in for the managed runtime's own loop, which sends whole answers only. Standard library alone. The handler is a
function of an event and a `Context` that returns a `StreamedAnswer`.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and …/runtimes-custom.html; the answer's form:
https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

import base64
import importlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

from backend.streaming.answer import StreamedAnswer

log = logging.getLogger(__name__)

ROOT = "/2018-06-01/runtime/"
DELIMITER = b"\0" * 8
"""Parts the metadata from the body."""
ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
ERROR_BODY = "Lambda-Runtime-Function-Error-Body"
STREAMED = (
    ("Lambda-Runtime-Function-Response-Mode", "streaming"),
    ("Content-Type", "application/vnd.awslambda.http-integration-response"),
    ("Transfer-Encoding", "chunked"),
    ("Trailer", f"{ERROR_TYPE}, {ERROR_BODY}"),
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may know of its invocation."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


Handler = Callable[[Any, Context], StreamedAnswer]


class RuntimeApiFailed(RuntimeError):
    """Lambda does not answer as it should: the process is of no use any more."""


class RuntimeApi:
    """One connection to Lambda's Runtime API, made anew when it has broken."""

    def __init__(self, authority: str) -> None:
        self._connection = HTTPConnection(authority)  # without a limit: the next event may come in hours

    def next(self) -> tuple[Any, Context]:
        """Return the next event, once there is one."""
        self._connection.request("GET", f"{ROOT}invocation/next")
        response = self._connection.getresponse()
        body = response.read()
        if response.status != HTTPStatus.OK:
            raise RuntimeApiFailed(f"no event but status {response.status}")
        os.environ["_X_AMZN_TRACE_ID"] = response.headers.get("Lambda-Runtime-Trace-Id", "")
        return json.loads(body), Context(
            aws_request_id=response.headers["Lambda-Runtime-Aws-Request-Id"],
            invoked_function_arn=response.headers.get("Lambda-Runtime-Invoked-Function-Arn", ""),
            deadline_ms=int(response.headers["Lambda-Runtime-Deadline-Ms"]),
        )

    def respond(self, request_id: str, answer: StreamedAnswer) -> None:
        """Send an answer, each piece as soon as it is there. Lambda may stop listening: then the rest is not made."""
        chunks = _chunks(answer)
        try:
            self._connection.putrequest("POST", f"{ROOT}invocation/{request_id}/response", skip_accept_encoding=True)
            for name, value in STREAMED:
                self._connection.putheader(name, value)
            self._connection.endheaders()
            for chunk in chunks:
                self._connection.send(chunk)
            self._connection.getresponse().read()
        except (OSError, HTTPException):
            log.warning("answer cut off", exc_info=True)
            self._connection.close()
        finally:
            chunks.close()

    def fail(self, request_id: str, error: Exception) -> None:
        """Report that a handler has failed before it answered."""
        self._report(f"invocation/{request_id}/error", error)

    def fail_init(self, error: Exception) -> None:
        """Report that there is no handler."""
        self._report("init/error", error)

    def _report(self, path: str, error: Exception) -> None:
        headers = {"Content-Type": "application/json", ERROR_TYPE: _type_of(error)}
        self._connection.request("POST", ROOT + path, _document(error), headers)
        self._connection.getresponse().read()


def _chunks(answer: StreamedAnswer) -> Generator[bytes, None, None]:
    """Yield the chunks of a body; an error on the way goes into the trailers, as the status was sent long ago."""
    metadata = {"statusCode": answer.status, "headers": dict(answer.headers)}
    yield _chunk(json.dumps(metadata).encode() + DELIMITER)
    try:
        for piece in answer.pieces:
            if piece:
                yield _chunk(piece)
    except Exception as error:
        log.exception("answer failed on the way")
        trailers = f"{ERROR_TYPE}: {_type_of(error)}\r\n{ERROR_BODY}: {base64.b64encode(_document(error)).decode()}\r\n"
        yield b"0\r\n" + trailers.encode() + b"\r\n"
    else:
        yield b"0\r\n\r\n"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _type_of(error: Exception) -> str:
    return f"Function.{type(error).__name__}"


def _document(error: Exception) -> bytes:
    """Return an error without its own words, which Lambda may pass on to whoever asked; they are in the log."""
    return json.dumps({"errorType": type(error).__name__, "errorMessage": "See the function's log."}).encode()


def load(name: str) -> Handler:
    """Return the handler of that name: `backend.events.handler`."""
    module, _, function = name.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), function)
    return handler


def serve(api: RuntimeApi, handler: Handler) -> None:
    """Serve one event."""
    event, context = api.next()
    try:
        answer = handler(event, context)
    except Exception as error:
        log.exception("event not handled")
        api.fail(context.aws_request_id, error)
    else:
        api.respond(context.aws_request_id, answer)


def main() -> None:
    """Serve one event after another, for ever."""
    sys.path.append(os.environ["LAMBDA_RUNTIME_DIR"])  # where boto3 is, in some versions of the managed runtime
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        log.exception("no handler")
        api.fail_init(error)
        sys.exit(1)
    while True:
        serve(api, handler)


if __name__ == "__main__":
    main()
