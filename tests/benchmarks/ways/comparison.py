"""The same reports over every way at once, each way through a network of its own that counts.

**comparison** ── analyst of each way ──▶ network ──▶ gateway, streaming API ──▶ emulator

All ways work side by side, so that the machine's moods are the same for all; each takes the reports in an order of its
own, so that they do not all end at once.
"""

import asyncio
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random

from msgspec.structs import replace

from desktop.sign_in.profiles import Profile
from tests.benchmarks.ways import counting
from tests.benchmarks.ways.clients import EVENTS, SOCKET, WAYS, Order, Outcome, Place, Way
from tests.benchmarks.ways.counting import Invocation, Talk
from tests.faults.edge.signatures import access_key_of
from tests.faults.faults import Asked, Kind, Post
from tests.faults.runtime_api import StreamingApi
from tests.faults.site import Site
from tests.iam import keys_of
from tests.networks.network import HOST, Counts, Network

ROWS = 500
SHORTEST_S, LONGEST_S = 1.0, 60.0
LANES = 3
"""Reports that each way has under way at once; an analyst may have five."""
APART_S = 0.7
"""Between the starts of two ways."""


def mix(count: int, longest_s: float = LONGEST_S, seed: int = 1) -> list[Order]:
    """Return reports of mixed length: as many between one second and two as between thirty and sixty."""
    random = Random(seed)
    spread = math.log(longest_s / SHORTEST_S)
    lengths_s = (SHORTEST_S * math.exp(random.uniform(0, spread)) for _ in range(count))
    return [Order(round(seconds * 1000), ROWS) for seconds in lengths_s]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of some reports over one way."""

    outcomes: tuple[Outcome, ...] = ()
    talk: Talk = field(default_factory=Talk)

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.outcomes + other.outcomes, self.talk + other.talk)

    @property
    def lags_s(self) -> list[float]:
        """Seconds from the end of the work to the link, in order."""
        return sorted(outcome.lag_s for outcome in self.outcomes if outcome.link)

    @property
    def failures(self) -> list[str]:
        return sorted({f"{outcome.status} `{outcome.body}`" for outcome in self.outcomes if not outcome.link})


@dataclass(eq=False)
class Stand:
    """One analyst's place, and the networks that count there."""

    place: Place
    networks: Sequence[Network]

    @property
    def profile(self) -> Profile:
        return self.place.profile

    @property
    def counts(self) -> Counts:
        return counting.added(network.counts for network in self.networks)

    def is_whose(self, asked: Asked) -> bool:
        """Return whether a request is signed by this analyst."""
        return access_key_of("", asked.headers) == keys_of(self.profile).access_key_id


@contextmanager
def standing(site: Site, api: StreamingApi, profile: Profile) -> Iterator[Stand]:
    """Put networks between an analyst and the service."""
    front, streams = Network((HOST, site.gateway.port)), Network((HOST, api.port))
    with front.running(), streams.running():
        addresses = {"endpoint": front.address_of(profile.endpoint), "https": front.address_of(str(profile.https))}
        rest = front.address_of(str(site.local.outputs["rest"]))
        place = Place(replace(profile, **addresses), rest, streams.address_of(api.url))
        yield Stand(place, (front, streams))


@dataclass(eq=False)
class Comparison:
    """The ways, and what is between them and the service."""

    site: Site
    api: StreamingApi
    stands: Mapping[str, Stand]
    posts: list[tuple[float, Post]] = field(default_factory=list)
    """What the service posts, and when."""

    async def warm(self, step: int) -> None:
        """Have as many processes started as will be needed, a few at a time: on two cores each takes a second."""
        for count in range(step, len(self.stands) + 1, step):
            await self.take([Order(1_000, ROWS)] * LANES, ways=count)

    async def take(self, orders: Sequence[Order], lanes: int = LANES, ways: int | None = None) -> dict[str, Taken]:
        """Have every way get all of the reports, in an order of its own; or so many ways."""
        stands = dict(list(self.stands.items())[:ways])
        before = {name: stand.counts for name, stand in stands.items()}
        marks = len(self.site.gateway.http.served), len(self.api.invocations), len(self.posts)
        works = [self._take(name, orders, lanes, n * APART_S) for n, name in enumerate(stands)]
        outcomes = dict(zip(stands, await asyncio.gather(*works), strict=True))
        while not self._is_over:  # noqa: ASYNC110  functions that nobody waits for any more have no event
            await asyncio.sleep(0.1)
        return {
            name: Taken(outcomes[name], self._talk(name, stand.counts - before[name], outcomes[name], marks))
            for name, stand in stands.items()
        }

    @property
    def _is_over(self) -> bool:
        """Whether no function works any more on what clients may have given up."""
        are_streams_over = all(invocation.over.is_set() for invocation in self.api.invocations)
        return are_streams_over and not any(asked.kind is Kind.REST for asked in self.site.gateway.http.working)

    async def _take(self, name: str, orders: Sequence[Order], lanes: int, delay_s: float) -> tuple[Outcome, ...]:
        left, outcomes = Random(name).sample(orders, len(orders)), []
        way: Way = WAYS[name]

        async def work() -> None:
            while left:
                outcomes.append(await way(self.stands[name].place, left.pop()))

        await asyncio.sleep(delay_s)
        await asyncio.gather(*(work() for _ in range(lanes)))
        return tuple(outcomes)

    def _talk(self, name: str, counts: Counts, outcomes: Sequence[Outcome], marks: tuple[int, int, int]) -> Talk:
        served = [each for each in self.site.gateway.http.served[marks[0] :] if self.stands[name].is_whose(each[0])]
        invocations = [counting.http_invocation(asked, took_s) for asked, took_s in served]
        rest_requests = sum(asked.kind is Kind.REST for asked, _ in served)
        if name == EVENTS:
            streams = self.api.invocations[marks[1] :]
            rest_requests += len(streams)
            invocations += map(counting.streamed_invocation, streams)
        if name == SOCKET:
            return self._socket_talk(counts, outcomes, marks[2])
        return Talk(counts=counts, invocations=tuple(invocations), rest_requests=rest_requests)

    def _socket_talk(self, counts: Counts, outcomes: Sequence[Outcome], mark: int) -> Talk:
        posts = self.posts[mark:]
        ids = {outcome.report["reportId"] for outcome in outcomes if outcome.report}
        own = [post for _, post in posts if (post.message.get("report") or {}).get("reportId") in ids]
        invocations: list[Invocation] = []
        for outcome in outcomes:
            invocations += counting.socket_invocations(outcome.asked_at, outcome.request_id, posts)
        return Talk(
            counts=counts,
            invocations=tuple(invocations),
            posts=tuple(own),
            requests_of_sockets=len(outcomes),
            socket_s=sum(outcome.socket_s for outcome in outcomes),
        )


@contextmanager
def comparing(site: Site, api: StreamingApi) -> Iterator[Comparison]:
    """Give every way an analyst and networks of its own, and look at what passes."""
    with ExitStack() as stack:
        stands = {name: stack.enter_context(standing(site, api, site.analyst())) for name in WAYS}
        comparison = Comparison(site, api, stands)

        def note(post: Post) -> None:
            comparison.posts.append((time.monotonic(), post))

        site.gateway.faults.judges.append(note)
        yield comparison
