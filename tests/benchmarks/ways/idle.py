"""What a desktop costs that is open all day and waits for nothing.

**idle** ── a real client and store, over either way ──▶ network ──▶ gateway ──▶ emulator

The desktop asks for the list of its reports every now and then, as others of the same analyst may have asked for more;
so it is watched for as long as the benchmark runs, and its month is as many such times as that has.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from statistics import median

from msgspec.structs import replace

from backend.protocol.quotas import REPORTS_PER_PAGE
from desktop.transport.timing import Timing
from infra.costs import charges
from infra.costs.charges import Usage
from tests.benchmarks.desks import Desk
from tests.benchmarks.ways import clients
from tests.benchmarks.ways.clients import Order
from tests.benchmarks.ways.comparison import Comparison, Stand, standing
from tests.benchmarks.ways.counting import PAUSE_S

HOURS_A_DAY, DAYS = 8, 22
MONTH_S = HOURS_A_DAY * DAYS * 3600
MINUTES = charges.open_minutes(hours_a_day=HOURS_A_DAY, days=DAYS)
ITEM_SIZE_BYTES = 1024
"""Of a report's row, about."""
LIST_READS = -(-REPORTS_PER_PAGE * ITEM_SIZE_BYTES // 4096) / 2
"""A page by index, which is not read consistently."""
AT_ONCE = 5
SETTLED_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Idle:
    """What a desktop asked for in some seconds, and what a month of it costs."""

    seconds: float
    questions: int
    bytes_out: int
    month: Usage

    @property
    def dollars(self) -> float:
        return charges.dollars(self.month)


@dataclass(eq=False)
class Watch:
    """Idle desktops of one analyst, one over each way."""

    comparison: Comparison
    stands: dict[str, Stand]
    began_at: float = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self.began_at = time.monotonic()
        self._before = {name: stand.counts for name, stand in self.stands.items()}

    def end(self, memory_mb: int) -> dict[str, Idle]:
        """Return what was counted since."""
        seconds = time.monotonic() - self.began_at
        http = self.comparison.site.gateway.http
        served = [
            took_s - PAUSE_S
            for asked, took_s in http.served
            if asked.at >= self.began_at and self.stands["https"].is_whose(asked)
        ]
        answers = [
            post
            for at, post in self.comparison.posts
            if at >= self.began_at and post.message["type"] in {"reports", "pong"} and not post.message.get("more")
        ]
        each_s = median(served) if served else 0.0
        down = {name: (stand.counts - self._before[name]).bytes_down for name, stand in self.stands.items()}
        work = Usage(invocations=1, gb_s=charges.gb_s(each_s, memory_mb), table_reads=LIST_READS, table_writes=1)
        over_http = (work + Usage(http_requests=1)) * len(served) + Usage(bytes_out=down["https"])
        each = work + Usage(socket_messages=2, table_writes=1)
        over_socket = each * len(answers) + Usage(bytes_out=down["websocket"])
        month = MONTH_S / seconds
        return {
            "websocket": Idle(
                seconds, len(answers), down["websocket"], over_socket * month + Usage(socket_minutes=MINUTES)
            ),
            "https": Idle(seconds, len(served), down["https"], over_http * month),
        }


def shares(desk: Idle) -> str:
    """Return what the dollars of a month are made of."""
    items = charges.itemised(desk.month)
    return ", ".join(f"{name} {dollars:.4f}" for name, dollars in items.items() if dollars)


def held_alone(gb_s: float) -> float:
    """Return the dollars of a month of a WebSocket that is only kept open by pings, each of so much work."""
    pings = MONTH_S / Timing().ping_after
    ping = Usage(socket_messages=2, invocations=1, gb_s=gb_s, table_writes=2)
    return charges.dollars(ping * pings + Usage(socket_minutes=MINUTES))


@contextmanager
def watching(comparison: Comparison) -> Iterator[Watch]:
    """Put networks before the desktops of one more analyst."""
    profile = comparison.site.analyst()
    with ExitStack() as stack:
        stands = {
            way: stack.enter_context(standing(comparison.site, comparison.api, replace(profile, transport=way)))
            for way in ("websocket", "https")
        }
        yield Watch(comparison, stands)


@asynccontextmanager
async def desks(watch: Watch, reports: int = REPORTS_PER_PAGE) -> AsyncIterator[None]:
    """Make so many reports, as an analyst has after a while; then open the desktops, and count."""
    left = [Order(0, 1)] * reports

    async def work() -> None:
        while left:
            await clients.websocket(watch.stands["websocket"].place, left.pop())

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    opened = [Desk(stand.profile, n) for n, stand in enumerate(watch.stands.values())]
    for desk in opened:
        desk.start()
    await asyncio.sleep(SETTLED_AFTER_S)
    watch.begin()
    try:
        yield
    finally:
        for desk in opened:
            await desk.stop()
