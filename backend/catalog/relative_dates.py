"""Dates that move with the calendar, for defaults: "first of last month".

definition ── name, today ──▶ **resolve** ──▶ date
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def _first_of_last_month(today: date) -> date:
    return (today.replace(day=1) - ONE_DAY).replace(day=1)


def _last_of_this_month(today: date) -> date:
    return (today.replace(day=28) + 4 * ONE_DAY).replace(day=1) - ONE_DAY


RELATIVE_DATES: Mapping[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "yesterday": lambda today: today - ONE_DAY,
    "first of this month": lambda today: today.replace(day=1),
    "last of this month": _last_of_this_month,
    "first of last month": _first_of_last_month,
    "last of last month": lambda today: today.replace(day=1) - ONE_DAY,
    "first of this year": lambda today: date(today.year, 1, 1),
    "last of this year": lambda today: date(today.year, 12, 31),
    "first of last year": lambda today: date(today.year - 1, 1, 1),
    "last of last year": lambda today: date(today.year - 1, 12, 31),
}


def resolve(name: str, today: date) -> date:
    """Return the date of that name. Raises `KeyError` for an unknown one."""
    return RELATIVE_DATES[name](today)
