"""Times and durations in the pane, in the language that is spoken.

details, caption ── aware times ──▶ **say_moment**, **say_duration** ──▶ text
"""

from datetime import datetime

from desktop.wording import numbers
from desktop.wording.language import current, grouped, tr

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def say_clock(at: datetime, now: datetime) -> str:
    """Return a time of day with its seconds, in the time zone of `now`."""
    return f"{at.astimezone(now.tzinfo):%H:%M:%S}"


def say_moment(at: datetime, now: datetime) -> str:
    """Return a moment: "today 13:46:58", "yesterday 09:10:00", "21 Nov 08:00:01"."""
    day, clock = at.astimezone(now.tzinfo).date(), say_clock(at, now)
    match (now.date() - day).days:
        case 0:
            return tr("today {time}", time=clock)
        case 1:
            return tr("yesterday {time}", time=clock)
        case _:
            return f"{numbers.say_day(at, now)} {clock}"


def say_date(day: datetime, *, has_year: bool) -> str:
    """Return the date of a moment, in its own time zone."""
    language = current()
    form = language.date if has_year else language.day
    return form.format(day=day.day, month=language.months[day.month - 1], year=day.year)


def say_duration(seconds: float) -> str:
    """Return a duration: "< 1 s", "41 s", "1 min 52 s", "2 h 5 min", "3 d 4 h"."""
    if seconds < 1:
        return tr("< 1 s")
    whole = int(seconds)
    for unit, size, less, part in (
        ("d", DAY_S, "h", HOUR_S),
        ("h", HOUR_S, "min", MINUTE_S),
        ("min", MINUTE_S, "s", 1),
    ):
        if whole >= size:
            count, rest = divmod(whole, size)
            said = f"{grouped(f'{count:,}')} {tr(unit)}"
            return f"{said} {rest // part} {tr(less)}" if rest // part else said
    return f"{whole} s"
