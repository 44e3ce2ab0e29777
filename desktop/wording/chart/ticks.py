"""Round numbers and dates along an axis.

ends of an axis ──▶ **number_ticks**, **time_ticks** ──▶ sketch     widths of texts ──▶ **every_nth** ──▶ chart canvas
"""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from desktop.wording.chart.drawing import Tick
from desktop.wording.language import current, grouped
from desktop.wording.pane.times import say_date

FEWEST, WANTED, MOST = 3, 4, 5
"""Lines across a chart."""

ROUNDING = 1e-9
"""How far from a multiple of a step a number may be and still be one."""

LEAST_SHARE = 1e-6
"""The least length of an axis as a share of the numbers on it: closer ones differ in digits that are rounded."""

STEPS = (1.0, 2.0, 2.5, 5.0)
BETWEEN = 4.0
"""The step of whole numbers where 2 is too fine and 5 too coarse: they have no 2.5."""

LONGEST = 1e15
"""From here on numbers are written with an exponent."""

SMALLEST, LARGEST = 1e-290, 1e307
"""Spans beyond these have no steps that a floating-point number could tell from zero, or hold."""

FIRST_YEAR, LAST_YEAR = 1, 9999
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_S = (datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()
LAST_S = (datetime(LAST_YEAR, 12, 31, tzinfo=UTC) - EPOCH).total_seconds()


def number_ticks(low: float, high: float, *, is_whole: bool = False) -> tuple[float, ...]:
    """Return three to five round numbers from `low` to `high`, which is more; whole ones need 2 between the ends."""
    step = nice_step(low, high, is_whole=is_whole)
    first, last = _first(low, step), _last(high, step)
    return tuple(number * step for number in range(first, last + 1))


def nice_step(low: float, high: float, *, is_whole: bool = False, wanted: int = WANTED) -> float:
    """Return the round step of which about `wanted` multiples are from `low` to `high`; rather more than fewer."""
    power = 10.0 ** math.floor(math.log10(min(max(high - low, SMALLEST), LARGEST)))
    sizes = [power * step * scale for scale in (10, 1, 0.1, 0.01) for step in reversed(STEPS)]
    fitting = [step for step in sizes if not is_whole or step.is_integer()] or [1.0]

    def off(step: float) -> tuple[int, int]:
        return _distance(_last(high, step) - _first(low, step) + 1, wanted)

    best = min(fitting, key=off)
    return min(best, BETWEEN, key=off) if is_whole and off(best)[0] > WANTED - FEWEST else best


def _first(low: float, step: float) -> int:
    return math.ceil(low / step - ROUNDING)


def _last(high: float, step: float) -> int:
    return math.floor(high / step + ROUNDING)


def _distance(count: int, wanted: int) -> tuple[int, int]:
    return abs(count - wanted), -count


def apart(low: float, high: float, *, least: float, share: float = LEAST_SHARE) -> tuple[float, float]:
    """Return the ends of an axis, moved apart where they are closer than `least` or than a share of their size."""
    needed = max(least, share * max(abs(low), abs(high)))
    if high - low >= needed:
        return low, high
    middle = low + (high - low) / 2
    return middle - needed / 2, middle + needed / 2


def say_number(value: float, step: float, *, is_percent: bool = False) -> str:
    """Return a tick's text with as many decimals as its step has."""
    factor = 100 if is_percent else 1
    value, step = value * factor, step * factor
    if abs(value) >= LONGEST:
        return grouped(f"{value:.3g}")
    decimals = next((count for count in range(12) if math.isclose(round(step, count), step, rel_tol=1e-6)), 12)
    text = f"{value:,.{decimals}f}"
    return grouped(text if float(text.replace(",", "")) else text.removeprefix("-")) + (" %" if is_percent else "")


def time_ticks(low_s: float, high_s: float, *, has_year: bool) -> tuple[Tick, ...]:
    """Return a few round days or times between two moments, in seconds since 1970; the axis' name may have the year."""
    low, high = moment(low_s), moment(high_s)
    for step in _STEPS:
        found = list(_multiples(step, low, high))
        if len(found) >= FEWEST:
            return tuple(Tick(seconds(at), _say_moment(at, step, has_year=has_year)) for at in found)
    return (Tick(low_s, say_time(low, has_year=has_year)),)


def say_time(at: datetime, *, has_year: bool) -> str:
    """Return a day, and a time of day if it is not midnight."""
    day = say_date(at, has_year=has_year)
    return day if (at.hour, at.minute, at.second) == (0, 0, 0) else f"{day} {at:%H:%M}"


def every_nth(widths: Sequence[float], slot: float, gap: float) -> int:
    """Return that every n-th text of these widths has room where each has `slot`."""
    widest = max(widths, default=0.0)
    return max(1, math.ceil((widest + gap) / slot)) if slot > 0 else max(1, len(widths))


def moment(at_s: float) -> datetime:
    """Return a moment, in UTC; one beyond the calendar is at its end."""
    return EPOCH + timedelta(seconds=min(max(at_s, FIRST_S), LAST_S))


def seconds(at: datetime) -> float:
    """Return a moment in seconds since 1970; one without a time zone is taken as UTC."""
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (at - EPOCH).total_seconds()


class _Step(Struct, frozen=True):
    """A distance between ticks, in months, or else in seconds."""

    months: int = 0
    span: timedelta = timedelta()


def _multiples(step: _Step, low: datetime, high: datetime) -> Iterator[datetime]:
    at = _first_month(low, step.months) if step.months else _first_span(low, step.span)
    while at is not None and at <= high:
        yield at
        at = _months_later(at, step.months) if step.months else _later(at, step.span)


def _first_month(low: datetime, months: int) -> datetime | None:
    month = math.ceil((low.year * 12 + low.month - 1) / months) * months
    first = _month(month)
    return _month(month + months) if first is not None and first < low else first


def _months_later(at: datetime, months: int) -> datetime | None:
    return _month(at.year * 12 + at.month - 1 + months)


def _month(number: int) -> datetime | None:
    year, month = divmod(number, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC) if FIRST_YEAR <= year <= LAST_YEAR else None


def _first_span(low: datetime, span: timedelta) -> datetime | None:
    start = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)  # a Monday
    return _later(start, span * -(-(low - start) // span))


def _later(at: datetime, span: timedelta) -> datetime | None:
    try:
        return at + span
    except OverflowError:
        return None


def _say_moment(at: datetime, step: _Step, *, has_year: bool) -> str:
    if step.months >= YEAR:
        return str(at.year)
    if step.months:
        name = current().months[at.month - 1]
        return f"{name} {at.year}" if has_year else name
    if step.span >= timedelta(days=1):
        return say_date(at, has_year=has_year)
    return f"{at:%H:%M}" if (at.hour, at.minute) != (0, 0) else say_date(at, has_year=False)


YEAR = 12
_STEPS = (
    *(_Step(months=years * YEAR) for years in (1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)),
    *(_Step(months=months) for months in (6, 3, 1)),
    *(_Step(span=timedelta(days=days)) for days in (14, 7, 4, 2, 1)),
    *(_Step(span=timedelta(hours=hours)) for hours in (12, 6, 3, 1)),
    *(_Step(span=timedelta(minutes=minutes)) for minutes in (30, 15, 5, 2, 1)),
    *(_Step(span=timedelta(seconds=seconds_)) for seconds_ in (30, 15, 5, 2, 1)),
)
