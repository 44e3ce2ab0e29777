from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from backend.engine.progress import Stage
from tests.backend.engine.exports import Told

ESTIMATES = st.lists(st.floats(-1, 101), min_size=1)


def told(estimates: Iterable[float], counted: Iterable[int | None] = (), row_count: int | None = None) -> list[Told]:
    steps: list[Told] = []
    counts = iter(counted)
    estimated = list(estimates)
    rest = iter(estimated)
    stage = Stage(
        "s",
        lambda progress: steps.append(astuple(progress)),
        estimate=lambda: next(rest),
        counted=lambda: next(counts, None),
        row_count=row_count,
    )
    for _ in estimated:
        stage.tick()
    return steps


def test_percent_is_unknown_until_there_is_an_estimate() -> None:
    assert told([-1, 0, 3.7, 2, 100]) == [
        ("s", 0, None, "%"),
        ("s", 0, None, "%"),
        ("s", 3, 100, "%"),
        ("s", 3, 100, "%"),
        ("s", 100, 100, "%"),
    ]


def test_rows_that_can_be_counted_are_counted() -> None:
    assert told([90, 90, 90], [0, 5, 11], 10) == [("s", 0, 10, "rows"), ("s", 5, 10, "rows"), ("s", 10, 10, "rows")]


def test_rows_that_cannot_be_counted_are_estimated() -> None:
    assert told([-1, 50, 40], row_count=10) == [("s", 0, 10, "rows"), ("s", 5, 10, "rows"), ("s", 5, 10, "rows")]


@given(ESTIMATES, st.none() | st.integers(0, 10**9))
def test_it_never_runs_backwards_or_over(estimates: list[float], row_count: int | None) -> None:
    steps = told(estimates, row_count=row_count)
    completed = [step[1] for step in steps]
    assert completed == sorted(completed)
    assert all(0 <= done <= (100 if row_count is None else row_count) for done in completed)
    totals = [step[2] for step in steps]
    assert totals == sorted(totals, key=lambda total: total is not None)
