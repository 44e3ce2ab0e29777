"""Posting one frame to some connections, again where that may help.

announcement, router ──▶ **post** ──▶ push, in rounds
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from backend.protocol import quotas
from backend.service.ports import Delivery, Push, Sleep

Each = Callable[[Callable[[str], Delivery], Iterable[str]], Iterable[Delivery]]
"""`map`, or something as good."""


def post(
    push: Push,
    sleep: Sleep,
    connection_ids: Iterable[str],
    frame: bytes,
    delays_s: Iterable[float] = (),
    *,
    each: Each = map,
) -> Mapping[str, Delivery]:
    """Post the frame to every connection, then after each delay to those it has not reached; say what became of it.

    All of them wait through the same delays: a throttle hits them alike, and the time must not grow with their number.
    """
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
