"""Signed requests to the service's HTTP door.

polling ── method, path, body ──▶ **HttpDoor** ──▶ `Reply`          exception, status ──▶ `ConnectionFailed`

Every request may be sent again, and is, where the answer is lost or somebody on the way is busy.
"""

import asyncio
import random
import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from backend.protocol import quotas
from backend.protocol.messages import ErrorCode, ErrorInfo
from backend.protocol.refusals import internal
from desktop.outside import answers
from desktop.outside.answers import Answer
from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.outside.http import cause, open_http, raw_chunks
from desktop.outside.sentence import Sentence
from desktop.transport import failures
from desktop.transport.backoff import delay_s
from desktop.transport.failures import ConnectionFailed, Outage, Remedy, Route
from desktop.transport.line import Sign
from desktop.transport.timing import Timing

ATTEMPTS = 4
AT_ONCE = 6
"""Requests that are under way at the same time."""
_FAULTS = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_OWN_WAITS = frozenset({ErrorCode.TOO_MANY_REPORTS, ErrorCode.TOO_MANY_REQUESTS})
"""Refusals of this caller: it is the asker's to wait."""
ANSWERS_INSTEAD = "Something between here and {host} answers in the place of the service."
AT_FAULT = "The service is busy or has a fault."
"""It goes through a frame, and so has no values."""
LONGEST_SENTENCE = 400
PROBLEM = "application/problem+json"


class Reply(Struct, frozen=True):
    """An answer of the service: a document, or an error of its own."""

    status: int
    content: bytes
    error: ErrorInfo | None = None
    tag: str = ""


class _Problem(msgspec.Struct):
    code: str
    detail: str
    fields: dict[str, str] | None = None


class _Refused(msgspec.Struct):
    message: str


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

    async def greet(self) -> None:
        """Hear the service once.

        Raises:
            ConnectionFailed: It is out of reach or busy, refuses the sign-in, or somebody else answers.
        """
        try:
            reply = await self.ask("HEAD", "/catalog", attempts=1, is_vital=True)
        except ConnectionFailed as failed:
            raise await self._with_reason(failed) from failed
        if not reply.tag:
            reason = Sentence(ANSWERS_INSTEAD, host=self._route.host)
            raise ConnectionFailed(Outage(Remedy.WAIT, reason))

    async def _with_reason(self, failed: ConnectionFailed) -> ConnectionFailed:
        """Return the same failure, of a refused sign-in with the service's reason, which an answer to HEAD has not."""
        if failed.outage.remedy is Remedy.SIGN_IN:
            try:
                await self.ask("GET", "/catalog", attempts=1, is_vital=True)
            except ConnectionFailed as said:
                return said if said.outage.remedy is Remedy.SIGN_IN else failed
        return failed

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        attempts: int = ATTEMPTS,
        is_vital: bool = False,
    ) -> Reply:
        """Send a request until it is answered. A fault of the service is an answer too, unless the request is vital.

        Raises:
            ConnectionFailed: The service is out of reach, or refuses the sign-in; of a vital one, whatever goes wrong.
        """
        content = b"" if body is None else msgspec.json.encode(body)
        for attempt in range(1, attempts + 1):
            try:
                async with self._slots:
                    return await self._once(method, f"{self._base}{path}", content)
            except ServiceFault as failed:
                if attempt == attempts and not is_vital:
                    return Reply(failed.status, b"", internal(AT_FAULT))
                await self._pause(failed, attempt, attempts)
            except ConnectionFailed as failed:
                await self._pause(failed, attempt, attempts)
        raise AssertionError("the last attempt returns or raises")

    async def _pause(self, failed: ConnectionFailed, attempt: int, attempts: int) -> None:
        """Wait before the next attempt; raise where there is to be none."""
        outage = failed.outage
        if outage.remedy is not Remedy.WAIT or outage.is_blocked or attempt >= attempts:
            raise failed
        await asyncio.sleep(
            max(delay_s(attempt, random.uniform), outage.retry_after_s or 0.0) * self._timing.between_attempts
        )

    async def _once(self, method: str, url: str, content: bytes) -> Reply:
        headers = dict(await self._sign(method, url, content))
        if content:
            headers["Content-Type"] = "application/json"
        try:
            async with (
                asyncio.timeout(self._timing.answer),
                self._http.stream(method, url, content=content, headers=headers) as answer,
            ):
                return self._read(answer, await self._body(answer))
        except (httpx.HTTPError, OSError) as error:
            raise ConnectionFailed(outage_of(error, self._route)) from error

    async def _body(self, answer: httpx.Response) -> bytes:
        """Return the body, which has to be as was asked: not encoded, and no longer than any of the service's."""
        body = b""
        async with raw_chunks(answer) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > quotas.MESSAGE_SIZE_BYTES:
                    break
            else:
                if answer.headers.get("content-encoding", "identity") == "identity":
                    return body
        reason = Sentence(ANSWERS_INSTEAD, host=self._route.host)
        raise ConnectionFailed(Outage(Remedy.WAIT, reason))

    def _read(self, answer: httpx.Response, body: bytes) -> Reply:
        """Return what the service says; anybody else's answer is an outage."""
        now = datetime.now(UTC)
        read = answers.read(answer.status_code, answer.headers.multi_items(), now)
        refusal = failures.refusal(read, self._route, now)
        is_problem = answer.headers.get("content-type", "").startswith(PROBLEM)
        error = _error(body, read) if is_problem and not read.is_page else None
        is_own = error is not None and (answer.status_code not in _FAULTS or error.code in _OWN_WAITS)
        if is_own:
            return Reply(answer.status_code, body, error)
        if answer.status_code in _FAULTS and not read.is_page:
            raise ServiceFault(answer.status_code, refusal)
        if refusal.remedy is Remedy.SIGN_IN and not failures.is_of_the_clock(read, now):
            refusal = replace(refusal, reason=_sentence(body) or refusal.reason)
        if read.is_page or not answer.is_success:
            raise ConnectionFailed(refusal)
        return Reply(answer.status_code, body, tag=answer.headers.get("etag", ""))


class ServiceFault(ConnectionFailed):
    """The service, or API Gateway for it, is busy or at fault: other requests may be answered all the same."""

    def __init__(self, status: int, outage: Outage) -> None:
        super().__init__(outage)
        self.status = status


def _sentence(body: bytes) -> str | None:
    """Return why somebody is refused, where that is a sentence: API Gateway's own refusals are a word, or a page."""
    try:
        said = msgspec.json.decode(body, type=_Refused).message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return said if said.endswith(".") and said.isprintable() and len(said) <= LONGEST_SENTENCE else None


def _error(body: bytes, answer: Answer) -> ErrorInfo | None:
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    wait_s = None if answer.retry_after_s is None else ceil(answer.retry_after_s)
    return ErrorInfo(code=problem.code, message=problem.detail, fields=problem.fields, retry_after=wait_s)


def outage_of(error: Exception, route: Route) -> Outage:
    """Return the outage behind an error of httpx, or of the system."""
    if isinstance(error, httpx.ProxyError):
        status = re.match(r"\d{3}\b", str(error))
        return failures.proxy_refusal(int(status[0]) if status else None, route)
    if isinstance(error, httpx.TimeoutException):
        return failures.outage_of(TimeoutError(), route)
    return failures.outage_of(cause(error), route)
