"""HTTPS by the same proxy and the same certificates as the WebSocket.

files, transport.https ──▶ **open_http** ──▶ httpx          sign_in.oidc ──▶ **exchange** ── answer ──▶ sign_in.oidc
"""

import logging
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlsplit

import httpx

from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.outside.patience import REACH_S, TRANSFER_S
from desktop.outside.sentence import Sentence
from desktop.outside.tls.trust import trust

LARGEST_ANSWER_BYTES = 256 * 1024


class NotExchanged(Exception):
    """No answer came; the `Sentence` says why, and quotes nothing that was sent."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(Sentence(text, **values))


def open_http(url: str, timeout_s: float = TRANSFER_S, trusted: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """Return a client for bytes as they are: the ranges, the size and the checksum are those of the file.

    Args:
        url: The address to be asked, which decides on the proxy.
        timeout_s: How long each part of a request may take.
        trusted: The certificates to trust; else those of `trust`.

    Raises:
        httpx.InvalidURL: The address is none.
        WrongEnvironment: The proxy or the certificates to use cannot be.
    """
    try:
        proxy = proxy_of(url)
    except WrongEnvironment:
        raise
    except ValueError as error:
        raise httpx.InvalidURL("brackets without an address") from error
    return httpx.AsyncClient(
        timeout=timeout_s,
        headers={"Accept-Encoding": "identity"},
        proxy=proxy.url if proxy else None,
        trust_env=False,
        verify=trusted or trust(),
    )


@asynccontextmanager
async def raw_chunks(answer: httpx.Response) -> AsyncIterator[AsyncIterator[bytes]]:
    """Give the bytes of an answer as they come, and leave nothing to end later to whoever goes before their end.

    The generators of httpx await something when they are ended while the answer is open, which Python's collector
    cannot do without a loop: so the answer is closed first.
    Source: https://docs.python.org/3/reference/expressions.html#asynchronous-generator-functions
    """
    chunks = cast("AsyncGenerator[bytes, None]", answer.aiter_raw())
    try:
        yield chunks
    finally:
        await answer.aclose()
        await chunks.aclose()


def exchange(url: str, form: Mapping[str, str] | None = None, *, limit_s: float = REACH_S) -> tuple[int, bytes]:
    """Ask for a document, or send a form; return the status and what was answered. Blocks, and follows no redirect.

    Raises:
        NotExchanged: Nothing was answered within `limit_s`, or too much.
    """
    host = ""
    try:
        host = urlsplit(url).hostname or ""
        proxy = proxy_of(url)
        with (
            httpx.Client(
                proxy=proxy.url if proxy else None, trust_env=False, verify=_trusted(url), timeout=limit_s
            ) as http,
            http.stream("GET" if form is None else "POST", url, data=form) as answer,
        ):
            return answer.status_code, _body(answer, host, limit_s)
    except WrongEnvironment as error:
        raise NotExchanged(str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        inner = cause(error)
        if isinstance(inner, ssl.SSLCertVerificationError):
            reason = "The certificate of {host} is not trusted: {why}."
        elif isinstance(error, httpx.TimeoutException):
            reason = "{host} does not answer."
        else:
            reason = "{host} cannot be reached." if host else "The address cannot be reached."
        raise NotExchanged(
            reason, host=host, why=getattr(inner, "verify_message", "")
        ) from None  # an error of httpx has the request, and that the form


def _trusted(url: str) -> ssl.SSLContext:
    """Return the certificates to trust; none for this machine, as to read them takes longer than to be answered."""
    return trust() if urlsplit(url).scheme != "http" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _body(answer: httpx.Response, host: str, limit_s: float) -> bytes:
    body, end = b"", time.monotonic() + limit_s
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER_BYTES or time.monotonic() > end:
            raise NotExchanged("{host} does not come to an end with its answer.", host=host)
    return body


def cause(error: BaseException) -> BaseException:
    """Return the innermost error of the system behind one of httpx; of several addresses, that of the first."""
    found, inner = error, error.__cause__ or error.__context__
    while inner is not None:
        if isinstance(inner, BaseExceptionGroup):
            inner = inner.exceptions[0]
        found = inner if isinstance(inner, OSError) else found
        inner = inner.__cause__ or inner.__context__
    return found


logging.getLogger("httpx").setLevel(logging.WARNING)
"""httpx logs addresses as information, and a link has a signature."""
