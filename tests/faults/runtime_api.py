"""A REST API that streams, for functions whose bootstrap speaks the Runtime API: the emulator has nothing like it.

client ── GET ──▶ **StreamingApi** ── event ──▶ sandbox ──▶ bootstrap
client ◀── chunks ── **StreamingApi** ◀── pieces ── sandbox ◀── bootstrap

The bootstrap and its handler are those that are deployed; the edge and the Runtime API are the test's. Of a signature
only its age and scope are checked, neither secret nor grant. AWS's 2 MB/s behind the first 10 MB are not kept.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html and …-lambda.html
"""

import asyncio
import base64
import contextlib
import json
import os
import tempfile
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from tests.faults.edge.http_edge import refused, request_id
from tests.faults.edge.rest_events import Resource, event_of
from tests.faults.edge.sandbox import HOST, Begun, Ended, Invocation, Sandbox
from tests.faults.edge.signatures import flaw_of
from tests.faults.faults import Kind
from tests.http_wire import Head, answer_bytes, chunk_bytes, head_bytes, read_body, read_head
from tests.loop_threads import listening, looping, run_in

STREAMED_TYPE = "application/vnd.awslambda.http-integration-response"
DELIMITER = b"\0" * 8
PRELUDE_BYTES = 16 * 1024
"""How much may come before the delimiter has."""
IDLE_S = 300.0
"""How long a stream of a Regional API may be silent."""
TOTAL_S = 900.0


class _Broken(Exception):
    """The function's answer is none that can be passed on."""


class _Late(Exception):
    """The function was silent for too long, or its answer lasted too long."""


@dataclass(frozen=True, slots=True)
class _Stream:
    """What a function says, for as long as the edge listens."""

    invocation: Invocation
    api: "StreamingApi"
    begun_at: float

    async def take(self) -> Begun | bytes | Ended:
        left_s = self.begun_at + self.api.total_s - time.monotonic()
        wait_s = min(self.api.idle_s, left_s)
        try:
            return await asyncio.wait_for(self.invocation.pieces.get(), wait_s)
        except TimeoutError as error:
            raise _Late from error

    async def rest(self) -> AsyncIterator[bytes]:
        while isinstance(piece := await self.take(), bytes):
            yield piece
        if isinstance(piece, Ended) and piece.fault:
            raise _Broken

    async def whole(self) -> bytes:
        return b"".join([piece async for piece in self.rest()])

    async def prelude(self) -> tuple[bytes, bytes]:
        """Return what comes before the delimiter, and what came behind it so far."""
        came = b""
        async for piece in self.rest():
            came += piece
            text, delimiter, _ = came[: PRELUDE_BYTES + len(DELIMITER)].partition(DELIMITER)
            if delimiter:
                return text, came[len(text) + len(DELIMITER) :]
            if len(came) > PRELUDE_BYTES:
                break
        raise _Broken


@dataclass(eq=False)
class StreamingApi:
    """The API, with one resource. Its limits may be changed at any time, from any thread: from the next piece on."""

    bootstrap: Sequence[str]
    resource: Resource
    environment: Mapping[str, str]
    identity: Mapping[str, str | None]
    region: str | None
    idle_s: float
    total_s: float
    most_processes: int
    task_root: Path
    log: IO[bytes]
    port: int = 0
    invocations: list[Invocation] = field(default_factory=list)
    """Every event there was, in the order of requests."""
    _sandboxes: list[Sandbox] = field(default_factory=list)
    _idle: "asyncio.Queue[Sandbox]" = field(default_factory=asyncio.Queue)
    _waiting: int = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def output(self) -> str:
        """What the bootstraps wrote to their output and errors so far."""
        return os.pread(self.log.fileno(), 2**20, 0).decode(errors="replace")

    @property
    def processes(self) -> int:
        """How many bootstraps run."""
        return sum(not sandbox.is_over for sandbox in self._sandboxes)

    @contextmanager
    def running(self) -> Iterator[None]:
        with looping("streaming API") as loop:
            try:
                run_in(loop, self._start_another())
                with listening(loop, self._serve) as self.port:
                    yield
            finally:
                run_in(loop, self._stop())

    # --- processes --------------------------------------------------------------------------------

    async def _start_another(self) -> None:
        sandbox = Sandbox(self.bootstrap, self.environment, self.task_root, self.log, self._idle)
        self._sandboxes.append(sandbox)
        await sandbox.start()

    async def _stop(self) -> None:
        await asyncio.gather(*(sandbox.stop() for sandbox in self._sandboxes))

    async def _invoke(self, invocation: Invocation) -> None:
        """Hand the event to a process that waits for one, or to another; past their number it waits."""
        self.invocations.append(invocation)
        self._waiting += 1
        try:
            while (sandbox := await self._free()).is_over and sandbox.has_begun:
                pass
        finally:
            self._waiting -= 1
        if sandbox.is_over:
            invocation.end("Runtime.InitError")
        else:
            sandbox.invoke(invocation)

    async def _free(self) -> Sandbox:
        is_short = self._waiting > sum(sandbox.is_free for sandbox in self._sandboxes)
        if is_short and self.processes < self.most_processes:
            await self._start_another()
        return await self._idle.get()

    # --- requests ---------------------------------------------------------------------------------

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one request; a client that leaves is not written to any more."""
        head = await read_head(reader)
        await read_body(head, reader)
        answering = asyncio.create_task(self._answer(head, writer))
        leaving = asyncio.create_task(reader.read())
        await asyncio.wait([answering, leaving], return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        answering.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)

    async def _answer(self, head: Head, writer: StreamWriter) -> None:
        headers = {name.lower(): value for name, value in head.headers}
        event = event_of(head, self.resource, self.identity)
        if event is None or head.method != "GET" or flaw_of(head.target, headers, self.region, datetime.now(UTC)):
            writer.write(_refusal(403))
            return
        invocation = Invocation(event)
        stream = _Stream(invocation, self, time.monotonic())
        await asyncio.shield(self._invoke(invocation))  # it runs, whether or not its client stays
        try:
            head_sent, body = await _begin(stream)
        except (_Broken, ValueError, KeyError, TypeError):
            writer.write(_refusal(502))
        except _Late:
            writer.write(_refusal(504))
        else:
            writer.write(head_sent)
            with contextlib.suppress(_Broken, _Late):  # cut: the last chunk is missing
                await _pass_on(body, writer)


async def _pass_on(body: AsyncIterator[bytes], writer: StreamWriter) -> None:
    async for piece in body:
        writer.write(chunk_bytes(piece))
        await writer.drain()
    writer.write(chunk_bytes(b""))


async def _begin(stream: _Stream) -> tuple[bytes, AsyncIterator[bytes]]:
    """Return the head of the answer, and its body as it comes."""
    begun = await stream.take()
    if not isinstance(begun, Begun):
        raise _Broken
    if not begun.is_streamed:
        answer = json.loads(await stream.whole())
        text = str(answer.get("body") or "")
        return _head(answer), _once(base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode())
    if begun.content_type != STREAMED_TYPE:
        raise _Broken
    prelude, came = await stream.prelude()
    return _head(json.loads(prelude)), _joined(came, stream.rest())


async def _once(body: bytes) -> AsyncIterator[bytes]:
    if body:
        yield body


async def _joined(came: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if came:
        yield came
    async for piece in rest:
        if piece:
            yield piece


def _head(answer: Mapping[str, Any]) -> bytes:
    """Return the head of an answer by what the function says of it."""
    many = answer.get("multiValueHeaders") or {}
    pairs = [(name, str(value)) for name, values in many.items() for value in values]
    pairs += [(name, str(value)) for name, value in (answer.get("headers") or {}).items() if name not in many]
    pairs += [("Set-Cookie", str(cookie)) for cookie in answer.get("cookies") or ()]
    own = [*request_id(Kind.REST).items(), ("Transfer-Encoding", "chunked"), ("Connection", "close")]
    return head_bytes(int(answer["statusCode"]), [*pairs, *own])


def _refusal(status: int) -> bytes:
    answer = refused(Kind.REST, status, {"Connection": "close"})
    return answer_bytes(status, answer.headers, answer.body)


# --- its environment ------------------------------------------------------------------------------


@contextmanager
def streaming_api(
    bootstrap: Sequence[str],
    resource: str,
    *,
    handler: str = "function.handler",
    task_root: Path | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
    identity: Mapping[str, str | None] = MappingProxyType({}),
    region: str | None = None,
    idle_s: float = IDLE_S,
    total_s: float = TOTAL_S,
    most_processes: int = 4,
) -> Iterator[StreamingApi]:
    """Serve `GET` on a resource by a function, until the context ends; then none of its processes is left.

    Args:
        bootstrap: The command that starts the function; it runs in `task_root`. One process is started at once.
        resource: The path with parameters, as `/reports/{reportId}/events`.
        handler: What the bootstrap finds in `_HANDLER`.
        task_root: What it finds in `LAMBDA_TASK_ROOT`.
        environment: Variables besides those that Lambda sets; nothing of the caller's comes in but `PATH`.
        identity: Who the event says the caller is, over the key that the request is signed with.
        region: The only region whose signatures are right; None for any.
        idle_s: How long an answer may be silent before it is cut.
        total_s: How long an answer may last.
        most_processes: How many invocations run at once; others wait.
    """
    root = task_root or Path.cwd()
    variables = {**_variables(handler, root), **environment}
    with tempfile.TemporaryFile() as log:
        api = StreamingApi(
            bootstrap=bootstrap,
            resource=Resource(resource),
            environment=variables,
            identity=identity,
            region=region,
            idle_s=idle_s,
            total_s=total_s,
            most_processes=most_processes,
            task_root=root,
            log=log,
        )
        with api.running():
            yield api


def _variables(handler: str, root: Path) -> dict[str, str]:
    """Return what Lambda sets. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": handler,
        "LAMBDA_TASK_ROOT": str(root),
        "LAMBDA_RUNTIME_DIR": str(root),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_LAMBDA_FUNCTION_NAME": "streamed",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/streamed",
        "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
    }
