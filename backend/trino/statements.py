"""Statements to Trino over HTTP: sent, followed, stopped.

trino_cluster ── SQL ──▶ **Statements** ── POST /v1/statement, GET and DELETE of each answer's `nextUri` ──▶ coordinator

A statement begins to run with the first GET, and not with the POST; of the answers to GETs the last one can be had
again, and those before it are gone.

Sources: https://trino.io/docs/current/develop/client-protocol.html; QueuedStatementResource.java (`submitIfNeeded`) and
Query.java (`getCachedResult`) in https://github.com/trinodb/trino
"""

import ipaddress
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec
import urllib3
from msgspec import Struct

from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent, Reason

PATH = "/v1/statement"
_TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
"""In seconds: the coordinator holds an answer for one at most."""
_LARGEST_ANSWER_BYTES = 16 * 2**20
"""Statements here answer with no rows: what is larger is no answer of theirs."""
_PASSING = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_DENIED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class Stats(Struct, frozen=True, rename="camel"):
    """How far a statement is."""

    state: str
    processed_rows: int = 0
    physical_input_bytes: int = 0


class Error(Struct, frozen=True, rename="camel"):
    """Why a statement failed."""

    error_name: str = ""
    error_type: str = ""
    message: str = ""
    """Never to be logged: it may quote data."""


class Answer(Struct, frozen=True, rename="camel"):
    """What the coordinator says of a statement."""

    id: str
    stats: Stats
    next_uri: str | None = None
    error: Error | None = None

    @property
    def next_path(self) -> str | None:
        """Where to go on: a path, so that nobody is asked but the coordinator, whatever it calls itself."""
        if self.next_uri is None:
            return None
        parts = urlsplit(self.next_uri)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who asks, and for what."""

    user: str
    catalog: str
    schema: str
    properties: str = ""
    """Session properties as the header has them: `query_max_execution_time=2h,…`."""
    authorization: Callable[[], str] | None = None
    """Return the Authorization header; None where nobody has to sign in."""


class WrongAddress(ValueError):
    """The address of the coordinator is none that may be used; the sentence is for whoever deploys."""


class Statements:
    """Sends statements to one coordinator."""

    def __init__(self, url: str, session: Session, pool: urllib3.PoolManager | None = None) -> None:
        self._url = _checked(url)
        self._session = session
        self._pool = pool or urllib3.PoolManager(timeout=_TIMEOUT, retries=False)

    @property
    def schema(self) -> str:
        """Where tables are found that are named without one."""
        return self._session.schema

    def send(self, sql: str, source: str) -> Answer:
        """Have the coordinator take a statement, which does not begin to run before it is followed."""
        session = self._session
        headers = {
            "X-Trino-User": session.user,
            "X-Trino-Source": source,
            "X-Trino-Trace-Token": source,
            "X-Trino-Catalog": session.catalog,
            "X-Trino-Schema": session.schema,
            "X-Trino-Time-Zone": "UTC",
            "Content-Type": "text/plain; charset=utf-8",
        }
        if session.properties:
            headers["X-Trino-Session"] = session.properties
        return self._asked("POST", PATH, headers, sql.encode())

    def follow(self, path: str) -> Answer:
        """Return the next answer about a statement."""
        return self._asked("GET", path, {})

    def run(self, sql: str, source: str, most_answers: int, tick: Callable[[], None] = lambda: None) -> Answer:
        """Return the last answer about a short statement, or the one that is the last to be waited for.

        `tick` is called before each further one; its exceptions end the waiting.
        """
        answer = self.send(sql, source)
        for _ in range(most_answers):
            if answer.next_path is None:
                break
            tick()
            answer = self.follow(answer.next_path)
        return answer

    def stop(self, path: str) -> None:
        """Stop a statement, if it still runs."""
        self._sent("DELETE", path, {})

    def _asked(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        status, data = self._sent(method, path, headers, body)
        if status in _PASSING:
            raise ClusterSilent(f"HTTP {status}")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise ClusterBusy
        if status in _DENIED:
            raise ClusterRefused(Reason.DENIED)
        if status in _GONE:
            raise ClusterRefused(Reason.LOST)
        if status != HTTPStatus.OK:
            raise ClusterRefused(Reason.FAULT)
        try:
            return msgspec.json.decode(data, type=Answer)
        except msgspec.DecodeError as error:
            raise ClusterSilent("the answer is none of Trino's") from error

    def _sent(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, bytes]:
        own = {"User-Agent": "reportwire", "Accept-Encoding": "identity", **headers}
        if self._session.authorization:
            own["Authorization"] = self._session.authorization()
        try:
            answer = self._pool.request(
                method, self._url + path, headers=own, body=body, redirect=False, preload_content=False
            )
            try:
                return answer.status, answer.read(_LARGEST_ANSWER_BYTES)
            finally:
                answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise ClusterSilent(type(error).__name__) from error


def basic(user: str, password: str) -> str:
    """Return the Authorization header of a user with a password."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def bearer(token: str) -> str:
    """Return the Authorization header of a JSON Web Token."""
    return f"Bearer {token}"


def _checked(url: str) -> str:
    """Return the address without a slash at its end; over a network it must be encrypted."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise WrongAddress(f"{parts.scheme}://{parts.hostname} must be an address such as https://trino.example:8443")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise WrongAddress(f"{parts.scheme}://{parts.hostname} must begin with https: passwords go there")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
