"""Posting one frame to some connections, again where that may help.

announcement, router ──▶ **post** ──▶ push, in rounds
"""

from collections.abc import Iterable, Mapping

from backend.ports import Delivery, Push, Sleep


def post(
    push: Push, sleep: Sleep, connection_ids: Iterable[str], frame: bytes, delays_s: Iterable[float] = ()
) -> Mapping[str, Delivery]:
    """Post the frame to every connection, then after each delay to those it has not reached; say what became of it.

    All of them wait through the same delays: a throttle hits them alike, and the time must not grow with their number.
    """
    deliveries = {connection_id: push(connection_id, frame) for connection_id in sorted(connection_ids)}
    for delay_s in delays_s:
        unreached = [c for c, delivery in deliveries.items() if delivery is Delivery.UNDELIVERED]
        if not unreached:
            break
        sleep(delay_s)
        deliveries |= {connection_id: push(connection_id, frame) for connection_id in unreached}
    return deliveries
