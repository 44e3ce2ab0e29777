"""What a way costs, counted at the edges that stand in for API Gateway and Lambda.

gateway, streaming API, networks ──▶ **usage_of** ──▶ `Usage` ── infra.costs ──▶ dollars

The worker is left out: it does the same whichever way is taken. Its posts are the WebSocket's messages, and count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from statistics import median
from typing import Any

from backend.service.following import listening, waiting
from backend.web import synchronous
from infra.costs import charges
from infra.costs.charges import Usage
from tests.faults.edge.sandbox import Invocation as Streamed
from tests.faults.faults import Asked, Kind, Post
from tests.networks.network import Counts

PAUSE_S = 0.05
"""How long the emulator holds an answer back, after the function has returned it. Source: `_drain_stderr_bounded` in
MiniStack's lambda_svc.py, which waits so long for a first line of its errors."""
LEAST_S = 0.001
SHORT = frozenset({"order", "question", "message"})
"""Kinds of work that wait for nothing. Each is billed the median of its kind: what took longer started a process of the
emulator, or waited for this machine."""
GREETING = "greeting"
"""`$connect` and `$disconnect`. The edge does not see how long they take; each writes one row, which is less than a
question does, and is billed as much."""
SUBMIT_READS, SUBMIT_WRITES = 0.5, 5
"""Asking for a report: how many are under way, read by index; two counters, the row, and its entries in two indexes."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function's work on one event."""

    function: str
    kind: str
    seconds: float
    reads: float = 0
    """Of the tables, as `prices` counts them; `writes` too."""
    writes: float = 0


def http_invocation(asked: Asked, took_s: float) -> Invocation:
    """Return what a request over HTTP made a function do, by how long its answer took."""
    seconds = max(LEAST_S, took_s - PAUSE_S)
    if asked.kind is Kind.REST:
        reads = SUBMIT_READS + seconds // synchronous.READ_EACH_S
        return Invocation("synchronous", "synchronous", seconds, reads, SUBMIT_WRITES)
    if asked.method == "POST":
        return Invocation("http-router", "order", seconds, SUBMIT_READS, SUBMIT_WRITES)
    if "prefer" in asked.headers:
        return Invocation("http-router", "wait", seconds, 1 + reads_while_waiting(seconds), 3)
    return Invocation("http-router", "question", seconds, 1, 1)


def reads_while_waiting(seconds: float) -> int:
    """Return how often a wait of the HTTP door reads the row anew."""
    count, pause_s, waited_s = 0, waiting.FIRST_PAUSE_S, 0.0
    while waited_s + pause_s <= seconds:
        count, waited_s = count + 1, waited_s + pause_s
        pause_s = min(waiting.LAST_PAUSE_S, pause_s * waiting.GROWTH)
    return count


def streamed_invocation(streamed: Streamed) -> Invocation:
    """Return what a stream made its function do."""
    return Invocation("events", "stream", streamed.took_s, 1 + streamed.took_s // listening.READ_EACH_S, 1)


def socket_invocations(asked_at: float, request_id: str, posts: Iterable[tuple[float, Post]]) -> list[Invocation]:
    """Return what one connection with one request made the router do, as the edge sees its answer posted."""
    answered_at = next(at for at, post in posts if post.message.get("requestId") == request_id)
    seconds = max(LEAST_S, answered_at - asked_at)
    greetings = [Invocation("router", GREETING, seconds, 0, 1)] * 2
    return [*greetings, Invocation("router", "message", seconds, SUBMIT_READS, SUBMIT_WRITES + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """All that clients of one way said and heard."""

    counts: Counts = field(default_factory=Counts)
    invocations: tuple[Invocation, ...] = ()
    posts: tuple[Post, ...] = ()
    """To connections of the way."""
    requests_of_sockets: int = 0
    """Messages that clients sent, of 32 KB at most each."""
    socket_s: float = 0.0
    """How long their connections were open."""
    rest_requests: int = 0
    """Of `counts.requests`, those to a REST API."""

    def __add__(self, other: "Talk") -> "Talk":
        values = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Talk)[1:]}
        return Talk(counts=added([self.counts, other.counts]), **values)

    @property
    def messages(self) -> int:
        """Messages of WebSockets, as API Gateway counts them."""
        return self.requests_of_sockets + sum(charges.messages(len(post.body)) for post in self.posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What turns work into what is billed."""

    memory_mb: Mapping[str, int]
    """By function."""
    typical_s: Mapping[str, float] = field(default_factory=dict)
    """By kinds of `SHORT`."""

    def gb_s(self, work: Invocation) -> float:
        return charges.gb_s(self.typical_s.get(work.kind, work.seconds), self.memory_mb[work.function])


def typical_s(works: Iterable[Invocation]) -> Mapping[str, float]:
    """Return the median of each kind of `SHORT`, and what a greeting is billed."""
    found: dict[str, list[float]] = {}
    for work in works:
        found.setdefault(work.kind, []).append(work.seconds)
    medians = {kind: median(seconds) for kind, seconds in found.items() if kind in SHORT}
    return medians | ({GREETING: medians["question"]} if "question" in medians else {})


def usage_of(talk: Talk, rates: Rates) -> Usage:
    """Return what AWS would count."""
    return Usage(
        http_requests=talk.counts.requests - talk.rest_requests,
        rest_requests=talk.rest_requests,
        socket_messages=talk.messages,
        socket_minutes=talk.socket_s / 60,
        invocations=len(talk.invocations),
        gb_s=sum(map(rates.gb_s, talk.invocations)),
        table_reads=sum(each.reads for each in talk.invocations),
        table_writes=sum(each.writes for each in talk.invocations),
        bytes_out=talk.counts.bytes_down,
    )


def added(counts: Iterable[Counts]) -> Counts:
    """Return the sum of the counts of some networks."""
    listed = list(counts)
    names: Sequence[str] = tuple(Counts.__dataclass_fields__)
    values: dict[str, Any] = {name: sum(getattr(each, name) for each in listed) for name in names}
    return Counts(**values)
