import threading

from backend.service.announcing import at_once, post
from backend.service.ports import Delivery
from tests.limits import HANG_S


def test_slow_connections_do_not_wait_for_each_other() -> None:
    """Each post is answered only when all are on their way."""
    names = [f"c{n}" for n in range(20)]
    all_there = threading.Barrier(len(names), timeout=HANG_S)

    def push(connection_id: str, _frame: bytes) -> Delivery:
        all_there.wait()
        return Delivery.GONE if connection_id == "c7" else Delivery.DELIVERED

    delivered = post(push, lambda _: None, names, b"", each=at_once)
    assert delivered == {name: Delivery.GONE if name == "c7" else Delivery.DELIVERED for name in names}


def test_only_those_not_reached_are_tried_again_after_each_delay() -> None:
    tried: list[str] = []
    waits: list[float] = []

    def push(connection_id: str, _frame: bytes) -> Delivery:
        tried.append(connection_id)
        return Delivery.UNDELIVERED if connection_id == "b" and len(waits) < 2 else Delivery.DELIVERED

    assert post(push, waits.append, ["b", "a"], b"", (1.0, 2.0, 3.0)) == dict.fromkeys("ab", Delivery.DELIVERED)
    assert (tried, waits) == (["a", "b", "b", "b"], [1.0, 2.0])
