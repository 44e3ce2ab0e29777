"""What the gateway does wrong, as a test asks for it.

test ── any thread ──▶ **Faults** ──▶ gateway, posts, http_edge
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of the edge's own, to a handshake or to a request; neither reaches the service."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


class Notice(Enum):
    """When the service hears `$disconnect`, which is best effort."""

    NOW = auto()
    LATE = auto()
    """After the next connection was accepted."""
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class Post:
    """What the service posts to a connection."""

    connection_id: str
    body: bytes
    port: int
    """The poster's end of the TCP connection, by which its process is found."""

    @property
    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.body)
        return message

    def shows(self, report_id: str, *, state: str | None = None, stage: str | None = None, completed: int = 0) -> bool:
        """Return whether it is a snapshot of the report, in that state and stage and so far."""
        report = self.message.get("report") or {}
        progress = report.get("progress") or {}
        return (
            report.get("reportId") == report_id
            and state in {None, report["state"]}
            and stage in {None, progress.get("stage")}
            and progress.get("completed", 0) >= completed
        )


class Fate(Enum):
    """What becomes of a post."""

    PASS = auto()
    REPEAT = auto()
    """Delivered twice."""
    GONE = auto()
    """Answered 410, whether or not the peer lives."""
    BUSY = auto()
    """Answered 429."""
    LOSE = auto()
    """Answered 200 and not delivered."""
    KEEP = auto()
    """Answered 200 and delivered by `Gateway.deliver_kept`, the latest first."""


class Hold:
    """The fate of posts that stay unanswered until they are let go, so that their poster stands still."""

    def __init__(self) -> None:
        self._here = asyncio.get_running_loop()
        self._posts: asyncio.Queue[Post] = asyncio.Queue()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._is_over = False

    async def first(self) -> Post:
        """Return the next post that is held."""
        return await self._posts.get()

    async def keep(self, post: Post) -> None:
        """Return when the post may be answered; the gateway's side."""
        event = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), event))
        self._here.call_soon_threadsafe(self._posts.put_nowait, post)
        if not self._is_over:
            await event.wait()

    def let_go(self) -> None:
        """Answer what is held, and hold nothing more."""
        self._is_over = True
        for loop, event in self._waiting:
            loop.call_soon_threadsafe(event.set)


Judge = Callable[[Post], "Fate | Hold | None"]
"""Decides on a post; None leaves it to the next judge."""


# --- requests over HTTP -----------------------------------------------------------------------------


class Kind(Enum):
    """The three APIs that API Gateway has, each with its own answers."""

    HTTP = auto()
    REST = auto()
    WEBSOCKET = auto()
    """Plain requests to it are refused."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request over HTTP."""

    method: str
    path: str
    """Behind the API's id and the stage, without the query."""
    query: str
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes
    kind: Kind
    at: float
    """When it came, on the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The service gets the request; its answer ends, without a word, after so many bytes of the body.

    None ends it before the first byte of the head.
    """

    after_bytes: int | None = None


class Lost(Enum):
    """No answer comes, and the connection stays, until the client gives up."""

    REQUEST = auto()
    """The service does not get the request."""
    ANSWER = auto()
    """The service gets it, and answers."""


HttpFate = Refusal | Cut | Lost
HttpJudge = Callable[[Asked], HttpFate | None]
"""Decides on a request over HTTP as it comes; None leaves it to the next judge, and in the end lets it pass."""


def times(count: int, fate: HttpFate, *, method: str | None = None, path: str = "") -> HttpJudge:
    """Return a judge of the first requests of a method whose path has that beginning."""
    left = [fate] * count
    is_meant = _meant(method, path)
    return lambda asked: left.pop() if left and is_meant(asked) else None


def always(fate: HttpFate, *, method: str | None = None, path: str = "") -> HttpJudge:
    """Return a judge of every request of a method whose path has that beginning."""
    is_meant = _meant(method, path)
    return lambda asked: fate if is_meant(asked) else None


def _meant(method: str | None, path: str) -> Callable[[Asked], bool]:
    return lambda asked: method in {None, asked.method} and asked.path.startswith(path)


@dataclass
class Faults:
    """The switches. Posts over 128 KiB, and frames over 32 KiB from the client, are refused whatever they say."""

    idle_s: float | None = None
    """Close a connection (1001) on which nothing was sent, either way, for so long."""
    lifetime_s: float | None = None
    """Close every connection (1001) at this age."""
    refusals: deque[Refusal] = field(default_factory=deque)
    """Answers to the next handshakes."""
    hang_ups: deque[int] = field(default_factory=deque)
    """Close codes for the next connections, right after they are accepted."""
    swallowed: list[str] = field(default_factory=list)
    """Actions: the next request of each never reaches the service."""
    notice: Notice = Notice.NOW
    judges: list[Judge] = field(default_factory=list)
    http_judges: list[HttpJudge] = field(default_factory=list)
    limits_s: dict[Kind, float] = field(default_factory=lambda: {Kind.HTTP: 30.0, Kind.REST: 29.0})
    """How long the edge waits for the service's answer to a request over HTTP."""
    payload_bytes: int = 10 * 2**20
    """The largest body of a request over HTTP, and of its answer."""

    def swallows(self, frame: str | bytes) -> bool:
        action = json.loads(frame).get("action")
        if action not in self.swallowed:
            return False
        self.swallowed.remove(action)
        return True

    def judge(self, post: Post) -> Fate | Hold:
        fates = (judge(post) for judge in tuple(self.judges))
        return next((fate for fate in fates if fate is not None), Fate.PASS)

    def judge_http(self, asked: Asked) -> HttpFate | None:
        fates = (judge(asked) for judge in tuple(self.http_judges))
        return next((fate for fate in fates if fate is not None), None)


@dataclass(eq=False)
class Line:
    """One connection: the client's end and the emulator's."""

    upstream: ClientConnection
    connection_id: str
    client: ServerConnection | None = None
    is_open: bool = False
    heard_at: float = 0.0
