import random

from hypothesis import given
from hypothesis import strategies as st

from desktop.transport.backoff import FIRST_CAP_S, LAST_CAP_S, delay_s

attempts = st.integers(0, 10**9)


def highest(_low: float, high: float) -> float:
    return high


@given(attempts, st.randoms(use_true_random=False))
def test_wait_is_never_negative_and_never_beyond_the_last_cap(attempt: int, draw: random.Random) -> None:
    assert 0.0 <= delay_s(attempt, draw.uniform) <= LAST_CAP_S


@given(attempts)
def test_wait_may_be_nothing_at_any_attempt(attempt: int) -> None:
    assert delay_s(attempt, lambda low, _: low) == 0.0


@given(attempts)
def test_cap_never_shrinks(attempt: int) -> None:
    assert delay_s(attempt, highest) <= delay_s(attempt + 1, highest)


def test_cap_doubles_until_the_last() -> None:
    assert [delay_s(attempt, highest) for attempt in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert delay_s(0, highest) == FIRST_CAP_S
