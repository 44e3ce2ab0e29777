import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.engine.duck.sink import Stopped
from backend.engine.writing.in_order import InOrder

DEADLINE_S = 30.0
"""Only so that a test that fails does not hang."""


class Waiting(InOrder[bytes]):
    """Tells when somebody waits for room."""

    def __init__(self, appended: list[tuple[int, bytes]], most_held_bytes: int) -> None:
        super().__init__(lambda number, piece: appended.append((number, piece)), most_held_bytes=most_held_bytes)
        self.is_waiting = threading.Event()

    def _has_room(self, number: int) -> bool:
        has_room = super()._has_room(number)
        if not has_room:
            self.is_waiting.set()
        return has_room


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def one_ahead(aside: ThreadPoolExecutor, number: int) -> tuple[Waiting, list[tuple[int, bytes]], Future[None]]:
    """Return what has no more room, what came through, and a put that waits."""
    appended: list[tuple[int, bytes]] = []
    in_order = Waiting(appended, 3)
    in_order.put(1, b"full")
    ahead = aside.submit(in_order.put, number, b"more")
    assert in_order.is_waiting.wait(DEADLINE_S)
    return in_order, appended, ahead


@given(st.data())
def test_pieces_come_slice_by_slice_whoever_is_first(data: st.DataObject) -> None:
    slices = data.draw(st.lists(st.lists(st.binary(max_size=3)), max_size=5))
    appended: list[tuple[int, bytes]] = []
    in_order: InOrder[bytes] = InOrder(lambda number, piece: appended.append((number, piece)))
    left = {number: [*pieces] for number, pieces in enumerate(slices)}
    while left:
        number = data.draw(st.sampled_from(sorted(left)))
        if left[number]:
            in_order.put(number, left[number].pop(0))
        else:
            in_order.finish(number)
            del left[number]
    assert appended == [(number, piece) for number, pieces in enumerate(slices) for piece in pieces]


def test_the_first_slice_passes_at_once() -> None:
    appended: list[tuple[int, bytes]] = []
    in_order = Waiting(appended, 10)
    in_order.put(1, b"later")
    in_order.put(0, b"x" * 1000)
    assert appended == [(0, b"x" * 1000)]


def test_who_is_too_far_ahead_waits_for_its_turn(aside: ThreadPoolExecutor) -> None:
    in_order, appended, ahead = one_ahead(aside, 1)
    in_order.put(0, b"first")
    assert not ahead.done()
    in_order.finish(0)
    ahead.result(DEADLINE_S)
    assert appended == [(0, b"first"), (1, b"full"), (1, b"more")]


def test_what_has_gone_makes_room(aside: ThreadPoolExecutor) -> None:
    in_order, appended, ahead = one_ahead(aside, 2)
    in_order.finish(0)
    ahead.result(DEADLINE_S)
    in_order.finish(1)
    assert appended == [(1, b"full"), (2, b"more")]


def test_nobody_waits_for_who_passes_on_what_was_held(aside: ThreadPoolExecutor) -> None:
    appended: list[bytes] = []
    is_passing, may_go_on = threading.Event(), threading.Event()

    def append(_: int, piece: bytes) -> None:
        appended.append(piece)
        is_passing.set()
        assert may_go_on.wait(DEADLINE_S)

    in_order: InOrder[bytes] = InOrder(append)
    for number, piece in ((1, b"a"), (1, b"b"), (2, b"d")):
        in_order.put(number, piece)
    passing = aside.submit(in_order.finish, 0)
    assert is_passing.wait(DEADLINE_S)
    in_order.put(1, b"c")
    in_order.finish(2)
    may_go_on.set()
    passing.result(DEADLINE_S)
    assert appended == [b"a", b"b", b"c"]
    in_order.finish(1)
    assert appended == [b"a", b"b", b"c", b"d"]


def test_a_stop_ends_the_waiting_and_takes_nothing_more(aside: ThreadPoolExecutor) -> None:
    in_order, appended, ahead = one_ahead(aside, 1)
    in_order.stop()
    with pytest.raises(Stopped):
        ahead.result(DEADLINE_S)
    with pytest.raises(Stopped):
        in_order.put(0, b"first")
    in_order.finish(0)
    assert not appended


def test_error_of_the_upload_comes_out_where_it_happened() -> None:
    def fail(*_: object) -> None:
        raise OSError("disk")

    in_order: InOrder[bytes] = InOrder(fail)
    in_order.put(1, b"held")
    with pytest.raises(OSError, match="disk"):
        in_order.put(0, b"at once")
    with pytest.raises(OSError, match="disk"):
        in_order.finish(0)
