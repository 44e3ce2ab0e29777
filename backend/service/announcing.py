"""Messages to connections: a report's snapshot to its watchers, or any frame to some connections.

step written ──▶ **announce** ──▶ **post** ──▶ push, in rounds          router ── answer ──▶ **post**

A push is a hint: whatever happens to it, the row is right and the report goes on.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from backend.domain.report import Report, snapshot
from backend.protocol import quotas
from backend.protocol.codec import encode
from backend.protocol.lifecycle import is_terminal
from backend.protocol.messages import Link, ReportMessage
from backend.service.ports import Clock, Delivery, Push, ReportStore, Sleep

log = logging.getLogger(__name__)

Announce = Callable[[Report], None]
"""Push a report's snapshot to its watchers."""

Each = Callable[[Callable[[str], Delivery], Iterable[str]], Iterable[Delivery]]
"""`map`, or a function that returns the same."""

RETRY_DELAYS_S = (0.2, 0.4, 0.8, 1.6, 3.2)
"""Waits between attempts to deliver a last snapshot; progress is not tried twice."""


@dataclass(frozen=True, slots=True)
class Announcer:
    """Pushes snapshots to watchers and drops the watchers that are gone."""

    reports: ReportStore
    push: Push
    link_to: Callable[[Report], Link | None]
    clock: Clock
    sleep: Sleep
    each: Each = map

    def announce(self, report: Report, *, but: str | None = None) -> None:
        """Push the report's snapshot to its watchers, except to the connection `but`."""
        watchers = report.watchers - {but}
        if not watchers:
            return
        frame = encode(ReportMessage(report=snapshot(report, self.link_to(report), self.clock())))
        delays_s = RETRY_DELAYS_S if is_terminal(report.state) else ()
        for connection_id, delivery in post(self.push, self.sleep, watchers, frame, delays_s, each=self.each).items():
            if delivery is Delivery.GONE:
                self.reports.unwatch(report.report_id, connection_id)
            if delivery is not Delivery.DELIVERED:
                extra = {"reportId": report.report_id, "connectionId": connection_id, "delivery": delivery.name}
                log.info("snapshot not delivered", extra=extra)


def post(
    push: Push,
    sleep: Sleep,
    connection_ids: Iterable[str],
    frame: bytes,
    delays_s: Iterable[float] = (),
    *,
    each: Each = map,
) -> Mapping[str, Delivery]:
    """Post the frame to every connection, then after each delay to those it has not reached; return the last outcomes.

    All connections share the delays: a throttle hits them alike, and the time must not grow with their number. A frame
    that is too large reaches none: API Gateway would close the connection.
    """
    if len(frame) > quotas.FRAME_SIZE_BYTES:
        log.error("frame too large", extra={"sizeBytes": len(frame)})
        return dict.fromkeys(connection_ids, Delivery.UNDELIVERED)
    deliveries: dict[str, Delivery] = {}
    unreached = sorted(connection_ids)
    for delay_s in (0.0, *delays_s):
        if not unreached:
            break
        if deliveries:
            sleep(delay_s)
        found = each(lambda connection_id: push(connection_id, frame), unreached)
        deliveries |= dict(zip(unreached, found, strict=True))
        unreached = [c for c in unreached if deliveries[c] is Delivery.UNDELIVERED]
    return deliveries


def at_once(act: Callable[[str], Delivery], connection_ids: Iterable[str]) -> Iterable[Delivery]:
    """Do `map`'s work on threads, so that slow connections do not wait for each other."""
    listed = list(connection_ids)
    if len(listed) == 1:
        return [act(listed[0])]
    with ThreadPoolExecutor(quotas.WATCHERS_PER_REPORT, thread_name_prefix="post") as pool:
        return list(pool.map(act, listed))
