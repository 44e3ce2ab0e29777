"""Signed requests to the service's HTTP door.

polling ── method, path, body ──▶ **HttpDoor** ──▶ `Reply`          exception, status ──▶ `ConnectionFailed`

Every request may be sent again, and is, where the answer is lost or somebody on the way is busy.
"""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import msgspec

from backend.protocol.messages import ErrorInfo
from desktop.outside import answers
from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.outside.http import open_http
from desktop.transport import failures
from desktop.transport.backoff import delay_s
from desktop.transport.failures import ConnectionFailed, Outage, Remedy, Route
from desktop.transport.line import Sign
from desktop.transport.timing import Timing

ATTEMPTS = 4
AT_ONCE = 6
"""Requests that are under way at the same time."""
_BUSY = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the service: a document, or an error of its own."""

    status: int
    content: bytes
    error: ErrorInfo | None = None


class _Problem(msgspec.Struct):
    code: str
    detail: str
    fields: dict[str, str] | None = None


class HttpDoor:
    """The door of one service. Entered, it keeps its connections until it is left."""

    def __init__(self, base: str, sign: Sign, timing: Timing) -> None:
        self._base = base
        self._sign = sign
        self._timing = timing
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._stack = AsyncExitStack()
        self._route = Route(urlsplit(base).hostname or "")

    async def __aenter__(self) -> Self:
        """Open the client. Raises `ConnectionFailed`."""
        try:
            proxy = proxy_of(self._base)
            self._route = Route(self._route.host, proxy.name if proxy else None)
            self._http = await self._stack.enter_async_context(open_http(self._base, self._timing.answer))
        except WrongEnvironment as error:
            raise ConnectionFailed(failures.outage_of(error, self._route)) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send a request until it is answered.

        Raises:
            ConnectionFailed: The service is out of reach, or busy for too long, or refuses the sign-in.
        """
        content = b"" if body is None else msgspec.json.encode(body)
        attempt = 0
        while True:
            try:
                async with self._slots:
                    return await self._once(method, f"{self._base}{path}", content)
            except ConnectionFailed as failed:
                attempt += 1
                if failed.outage.remedy is not Remedy.WAIT or failed.outage.is_blocked or attempt >= ATTEMPTS:
                    raise
                wait_s = max(delay_s(attempt, random.uniform), failed.outage.retry_after_s or 0.0)
                await asyncio.sleep(wait_s * self._timing.between_attempts)

    async def _once(self, method: str, url: str, content: bytes) -> Reply:
        headers = dict(await self._sign(method, url, content))
        if content:
            headers["Content-Type"] = "application/json"
        try:
            async with asyncio.timeout(self._timing.answer):
                answer = await self._http.request(method, url, content=content, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            raise ConnectionFailed(self._outage(error)) from error
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> Reply:
        """Return what the service says; anybody else's answer is an outage."""
        now = datetime.now(UTC)
        read = answers.read(answer.status_code, answer.headers.multi_items(), now)
        is_problem = answer.headers.get("content-type", "").startswith(PROBLEM)
        if read.is_page or (answer.status_code in _BUSY and not _is_final(answer, is_problem=is_problem)):
            raise ConnectionFailed(failures.refusal(read, self._route, now))
        if is_problem:
            return Reply(answer.status_code, answer.content, _error(answer))
        if not answer.is_success:
            raise ConnectionFailed(failures.refusal(read, self._route, now))
        return Reply(answer.status_code, answer.content)

    def _outage(self, error: Exception) -> Outage:
        if isinstance(error, httpx.ProxyError):
            return failures.proxy_refusal(None, self._route)
        if isinstance(error, httpx.TimeoutException):
            return failures.outage_of(TimeoutError(), self._route)
        return failures.outage_of(_cause(error), self._route)


def _is_final(answer: httpx.Response, *, is_problem: bool) -> bool:
    """Return whether a busy service means this request, and not all of them: then it is the asker's to wait."""
    return is_problem and answer.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _error(answer: httpx.Response) -> ErrorInfo | None:
    try:
        problem = msgspec.json.decode(answer.content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    retry_after = answer.headers.get("retry-after", "")
    return ErrorInfo(
        code=problem.code,
        message=problem.detail,
        fields=problem.fields,
        retry_after=int(retry_after) if retry_after.isdecimal() else None,
    )


def _cause(error: BaseException) -> BaseException:
    """Return the innermost error of the system behind one of httpx; of several addresses, that of the first."""
    found, inner = error, error.__cause__ or error.__context__
    while inner is not None:
        if isinstance(inner, BaseExceptionGroup):
            inner = inner.exceptions[0]
        found = inner if isinstance(inner, OSError) else found
        inner = inner.__cause__ or inner.__context__
    return found
