"""Execution environments: a function's bootstrap, and the Runtime API it asks for its next event.

runtime_api ── event ──▶ **Sandbox** ◀── /next, /response ── bootstrap ── pieces ──▶ runtime_api

One environment has one process and one invocation at a time, and a port of its own, so that it is known whose request
a request is. Nobody stops an invocation but its end: on AWS too a function goes on when its client has gone.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and …/runtimes-custom.html
"""

import asyncio
import contextlib
import json
import os
import signal
import threading
import time
import uuid
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.http_wire import Head, Trailers, answer_bytes, pieces, read_body, read_head

HOST = "127.0.0.1"
ROOT = "/2018-06-01/runtime/"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:streamed"
FUNCTION_TIMEOUT_S = 900.0
"""What the event's deadline says. Nobody enforces it: a function that would run on is ended with the context."""
STOP_WITHIN_S = 2.0
_JSON = [("Content-Type", "application/json")]


@dataclass(frozen=True, slots=True)
class Begun:
    """The function begins to answer."""

    is_streamed: bool
    content_type: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The function is done; `fault` is what went wrong, by the name that it gave."""

    fault: str | None = None


@dataclass(eq=False)
class Invocation:
    event: Mapping[str, Any]
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    pieces: "asyncio.Queue[Begun | bytes | Ended]" = field(default_factory=asyncio.Queue)
    """What the function says, as it says it; the edge takes from here."""
    written: bytes = b""
    """All that the function wrote so far, whether or not anybody got it."""
    fault: str | None = None
    begun_at: float = field(default_factory=time.monotonic)
    """When the function got the event, on the monotonic clock."""
    took_s: float = 0.0
    """How long the function had it; known once it is done."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the function is done."""

    def begin(self, head: Head) -> None:
        mode = head.value("lambda-runtime-function-response-mode")
        self.pieces.put_nowait(Begun(mode == "streaming", head.value("content-type") or ""))

    def write(self, piece: bytes) -> None:
        self.written += piece
        self.pieces.put_nowait(piece)

    def end(self, fault: str | None = None) -> None:
        if not self.over.is_set():
            self.fault = fault
            self.took_s = time.monotonic() - self.begun_at
            self.pieces.put_nowait(Ended(fault))
            self.over.set()


@dataclass(eq=False)
class Sandbox:
    """One environment. It puts itself into `idle` when its bootstrap asks for an event, and when that is over."""

    bootstrap: Sequence[str]
    environment: Mapping[str, str]
    task_root: Path
    log: IO[bytes]
    idle: "asyncio.Queue[Sandbox]"
    has_begun: bool = False
    """Whether the bootstrap asked for an event, ever."""
    is_over: bool = False
    invocation: Invocation | None = None
    _events: "asyncio.Queue[Invocation]" = field(default_factory=asyncio.Queue)
    _process: asyncio.subprocess.Process | None = None
    _server: asyncio.Server | None = None
    _watch: asyncio.Task[None] | None = None
    _writers: set[StreamWriter] = field(default_factory=set)

    @property
    def is_free(self) -> bool:
        """Whether it waits for an event, or will in a moment."""
        return not self.is_over and (self.invocation is None or self.invocation.over.is_set())

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=2**20)
        port = self._server.sockets[0].getsockname()[1]
        self._process = await asyncio.create_subprocess_exec(
            *self.bootstrap,
            env={**self.environment, "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{port}"},
            cwd=self.task_root,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self._watch = asyncio.create_task(self._wait(self._process))

    def invoke(self, invocation: Invocation) -> None:
        self.invocation, invocation.begun_at = invocation, time.monotonic()
        self._events.put_nowait(invocation)

    async def stop(self) -> None:
        """End the process, and what it started, by force if it must be."""
        if self._process and self._watch:
            _signal(self._process, signal.SIGTERM)
            await asyncio.wait([self._watch], timeout=STOP_WITHIN_S)
            _signal(self._process, signal.SIGKILL)
            await self._watch
        assert self._server
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        status = await process.wait()
        self.is_over = True
        if self.invocation:
            self.invocation.end(f"Runtime.ExitError: status {status}")
        self.idle.put_nowait(self)

    # --- the Runtime API --------------------------------------------------------------------------

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            while True:
                writer.write(await self._answer(await read_head(reader), reader))
                await writer.drain()
        self._writers.discard(writer)
        writer.close()

    async def _answer(self, head: Head, reader: StreamReader) -> bytes:
        match head.method, *head.target.removeprefix(ROOT).split("/"):
            case ("GET", "invocation", "next"):
                return await self._next()
            case ("POST", "invocation", request_id, ("response" | "error") as what):
                if self.invocation is None or self.invocation.request_id != request_id:
                    await read_body(head, reader)
                    return answer_bytes(400, _JSON, b'{"errorType":"InvalidRequestID"}')
                await (_respond if what == "response" else _fail)(self.invocation, head, reader)
            case ("POST", "init", "error"):
                await read_body(head, reader)
            case _:
                return answer_bytes(404, _JSON, b"{}")
        return answer_bytes(202, _JSON, b'{"status":"OK"}')

    async def _next(self) -> bytes:
        self.has_begun, self.invocation = True, None
        self.idle.put_nowait(self)
        invocation = await self._events.get()
        deadline_ms = round((time.time() + FUNCTION_TIMEOUT_S) * 1000)
        headers = [
            *_JSON,
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(deadline_ms)),
            ("Lambda-Runtime-Invoked-Function-Arn", ARN),
            ("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0"),
        ]
        return answer_bytes(200, headers, json.dumps(invocation.event).encode())


async def _respond(invocation: Invocation, head: Head, reader: StreamReader) -> None:
    trailers = Trailers()
    invocation.begin(head)
    try:
        async for piece in pieces(head, reader, trailers=trailers):
            invocation.write(piece)
    except (OSError, EOFError):
        invocation.end("Runtime.TruncatedResponse")
        raise
    invocation.end(_named(trailers.headers))


async def _fail(invocation: Invocation, head: Head, reader: StreamReader) -> None:
    await read_body(head, reader)
    invocation.end(_named(head.headers) or "Unknown")


def _named(headers: tuple[tuple[str, str], ...]) -> str | None:
    return next((value for name, value in headers if name.lower() == "lambda-runtime-function-error-type"), None)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
