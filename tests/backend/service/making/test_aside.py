import threading

import pytest

from backend.service.making.aside import aside
from tests.limits import HANG_S


def test_newest_is_done_and_what_it_overtook_is_not() -> None:
    done: list[int] = []
    is_at_it, may_go_on, is_through = threading.Event(), threading.Event(), threading.Event()

    def act(value: int) -> None:
        done.append(value)
        if value == 1:
            is_at_it.set()
            assert may_go_on.wait(HANG_S)
        else:
            is_through.set()

    with aside(act) as put:
        put(1)
        assert is_at_it.wait(HANG_S)
        for value in (2, 3, 4):
            put(value)
        may_go_on.set()
        assert is_through.wait(HANG_S)
    assert done == [1, 4]


def test_end_waits_for_what_is_being_done_and_leaves_out_the_rest() -> None:
    done: list[int] = []
    is_at_it, may_go_on = threading.Event(), threading.Event()

    def act(value: int) -> None:
        is_at_it.set()
        assert may_go_on.wait(HANG_S)
        done.append(value)

    with aside(act) as put:
        put(1)
        assert is_at_it.wait(HANG_S)
        put(2)
        threading.Timer(0.05, may_go_on.set).start()
    assert done == [1]
    assert not [thread for thread in threading.enumerate() if thread.name == "aside"]


def test_fault_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    has_failed, is_through = threading.Event(), threading.Event()

    def act(value: int) -> None:
        if value == 1:
            has_failed.set()
            raise RuntimeError("broken")
        done.append(value)
        is_through.set()

    with aside(act) as put:
        put(1)
        assert has_failed.wait(HANG_S)
        put(2)
        assert is_through.wait(HANG_S)
    assert done == [2]
    assert "not done aside" in caplog.text
