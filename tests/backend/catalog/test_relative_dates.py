import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalog.relative_dates import RELATIVE_DATES, resolve

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("today", "name", "expected"),
    [
        ("2024-03-15", "today", "2024-03-15"),
        ("2024-03-01", "yesterday", "2024-02-29"),
        ("2023-03-01", "yesterday", "2023-02-28"),
        ("2024-01-01", "yesterday", "2023-12-31"),
        ("2024-02-29", "first of this month", "2024-02-01"),
        ("2024-02-01", "last of this month", "2024-02-29"),
        ("2100-02-28", "last of this month", "2100-02-28"),
        ("2024-12-31", "last of this month", "2024-12-31"),
        ("2024-01-31", "first of last month", "2023-12-01"),
        ("2024-03-31", "last of last month", "2024-02-29"),
        ("2024-07-09", "first of this year", "2024-01-01"),
        ("2024-07-09", "last of this year", "2024-12-31"),
        ("2024-02-29", "first of last year", "2023-01-01"),
        ("2024-02-29", "last of last year", "2023-12-31"),
    ],
)
def test_names_mean_what_a_calendar_says(today: str, name: str, expected: str) -> None:
    assert resolve(name, date.fromisoformat(today)) == date.fromisoformat(expected)


@given(DAYS)
def test_months_begin_and_end_where_they_do(today: date) -> None:
    first, last = resolve("first of this month", today), resolve("last of this month", today)
    assert (first.year, first.month, first.day) == (today.year, today.month, 1)
    assert last == first.replace(day=calendar.monthrange(today.year, today.month)[1])
    assert resolve("last of last month", today) == first - timedelta(days=1)
    assert resolve("first of last month", today) == (first - timedelta(days=1)).replace(day=1)


@given(DAYS)
def test_every_name_has_a_date_on_every_day(today: date) -> None:
    dates = {name: resolve(name, today) for name in RELATIVE_DATES}
    assert dates["first of last year"] < dates["last of last year"] < dates["first of this year"]
    assert dates["first of this year"] <= today <= dates["last of this year"]


def test_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        resolve("tomorrow", date(2024, 1, 1))
