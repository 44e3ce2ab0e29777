from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.wording.chart.ticks import (
    LAST_S,
    every_nth,
    moment,
    nice_step,
    number_ticks,
    say_number,
    say_time,
    seconds,
    time_ticks,
)

SIZES = st.floats(-1e12, 1e12, allow_nan=False)


@given(SIZES, st.floats(1e-6, 1e12))
def test_three_to_five_lines_are_within_the_axis(low: float, span: float) -> None:
    high = low + span
    if high - low < abs(high) * 1e-6:
        return
    ticks = number_ticks(low, high)
    slack = (high - low) * 1e-3
    assert 3 <= len(ticks) <= 5
    assert all(low - slack <= tick <= high + slack for tick in ticks)


@given(st.integers(-(10**9), 10**9), st.integers(2, 10**9))
def test_whole_numbers_have_whole_ticks(low: int, span: int) -> None:
    ticks = number_ticks(float(low), float(low + span), is_whole=True)
    assert 3 <= len(ticks) <= 5
    assert all(tick.is_integer() for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "ticks"), [(1, 12, (4, 8, 12)), (0, 12, (0, 5, 10)), (0, 100, (0, 25, 50, 75, 100))]
)
def test_whole_numbers_have_no_halves(low: int, high: int, ticks: tuple[float, ...]) -> None:
    assert number_ticks(low, high, is_whole=True) == ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 670, (0, 200, 400, 600)),
        (0, 1, (0, 0.25, 0.5, 0.75, 1)),
        (-5, 5, (-5, -2.5, 0, 2.5, 5)),
        (46, 84, (50, 60, 70, 80)),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert number_ticks(low, high) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "step", "is_percent", "text"),
    [
        (1000, 500, False, "1,000"),
        (0.25, 0.25, False, "0.25"),
        (0.5, 0.25, True, "50 %"),
        (0.025, 0.025, True, "2.5 %"),
        (-1e-20, 5, False, "0"),
        (2e15, 1e15, False, "2e+15"),
    ],
)
def test_tick_has_as_many_decimals_as_its_step(value: float, step: float, is_percent: bool, text: str) -> None:  # noqa: FBT001  a case
    assert say_number(value, step, is_percent=is_percent) == text


def span(*days: str) -> tuple[float, float]:
    low, high = (seconds(datetime.fromisoformat(day)) for day in days)
    return low, high


@pytest.mark.parametrize(
    ("days", "has_year", "texts"),
    [
        (("2013-01-01", "2013-12-31"), False, ["Jan", "Apr", "Jul", "Oct"]),
        (("2013-03-01", "2013-03-20"), False, ["4 Mar", "11 Mar", "18 Mar"]),
        (("2012-11-01", "2013-02-20"), True, ["Nov 2012", "Dec 2012", "Jan 2013", "Feb 2013"]),
        (("1999-01-01", "2024-01-01"), True, ["2000", "2010", "2020"]),
        (("2013-03-01T00:00", "2013-03-01T09:00"), False, ["1 Mar", "03:00", "06:00", "09:00"]),
        (("2013-03-01T00:00:00", "2013-03-01T00:00:00"), False, ["1 Mar"]),
    ],
)
def test_time_has_round_ticks(days: tuple[str, str], has_year: bool, texts: list[str]) -> None:  # noqa: FBT001  a case
    assert [tick.text for tick in time_ticks(*span(*days), has_year=has_year)] == texts


@given(st.datetimes(), st.timedeltas(min_value=datetime.resolution * 1_000_000))
@example(datetime(2000, 8, 1), timedelta(days=20, hours=20))  # noqa: DTZ001  as `st.datetimes` gives them
@example(datetime(2000, 8, 1, 0, 1), timedelta(minutes=13))  # noqa: DTZ001
def test_any_time_has_a_few_ticks(low: datetime, length: object) -> None:
    start = seconds(low)
    end = min(start + length.total_seconds(), LAST_S)  # type: ignore[attr-defined]
    ticks = time_ticks(start, end, has_year=True)
    assert 1 <= len(ticks) <= 9
    assert [tick.at for tick in ticks] == sorted(tick.at for tick in ticks)


def test_moment_goes_there_and_back() -> None:
    at = datetime(2013, 3, 8, 12, 30, tzinfo=UTC)
    assert moment(seconds(at)) == at
    assert say_time(at, has_year=True) == "8 Mar 2013 12:30"


@pytest.mark.parametrize(
    ("widths", "slot", "nth"),
    [([], 10, 1), ([40], 100, 1), ([92], 100, 1), ([93], 100, 2), ([30, 250], 100, 3), ([1], 0, 1)],
)
def test_as_many_names_stand_as_have_room(widths: list[float], slot: float, nth: int) -> None:
    assert every_nth(widths, slot, 8) == nth


@pytest.mark.parametrize(
    ("low", "high"), [(0, 5e-324), (-5e-324, 5e-324), (1e-300, 2e-300), (0, 1e308), (-1e308, 1e308)]
)
def test_spans_at_the_ends_of_what_numbers_can_be_have_steps(low: float, high: float) -> None:
    assert 0 < nice_step(low, high) < float("inf")
