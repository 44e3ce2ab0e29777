"""Days as they are shown and typed, and spans of days.

typed text ──▶ **read_day** ──▶ a day        a day ──▶ **show_day** ──▶ "2013-01-31", "31.01.2013"
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from desktop.wording.language import LanguageId, current, tr, tr_count

EXAMPLE = date(2013, 12, 31)
"""A day that names no month by accident: its parts cannot be mistaken for each other."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")


class SlashOrder(StrEnum):
    """The order of days with slashes, which depends on the country."""

    DAY_FIRST = "dm"
    MONTH_FIRST = "md"


class Span(Struct, frozen=True):
    """Days from `start` to `end`, both of which count."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days count; none or less where the end is before the start."""
        return (self.end - self.start).days + 1


class Preset(Struct, frozen=True):
    """A span with a name, as it is today."""

    name: str
    span: Span


def show_day(day: date) -> str:
    """Return a day as the language writes it in a field."""
    return f"{day:%d.%m.}{day.year:04}" if current().id is LanguageId.GERMAN else day.isoformat()


def read_day(text: str, slashes: SlashOrder | None = None, *, example: date = EXAMPLE) -> date:
    """Read a day in ISO's form or with dots; `slashes` is the order of "1/2/2013", which is none without it.

    Raises:
        ValueError: It is none; the message is a sentence for the analyst.
    """
    parts = _parts(text.strip(), slashes)
    if parts is None:
        raise ValueError(tr("Must be a day, such as {example}.", example=show_day(example)))
    try:
        return date(*parts)
    except ValueError as error:
        raise ValueError(tr("There is no such day.")) from error


def _parts(text: str, slashes: SlashOrder | None) -> tuple[int, int, int] | None:
    """Return year, month and day."""
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DOTTED.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if slashes and (found := _SLASHED.fullmatch(text)):
        day, month = (found[1], found[2]) if slashes is SlashOrder.DAY_FIRST else (found[2], found[1])
        return int(found[3]), int(month), int(day)
    return None


def presets(today: date) -> tuple[Preset, ...]:
    """Return the spans that are offered by name."""
    month = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    day = timedelta(days=1)
    spans: tuple[tuple[str, date, date], ...] = (
        ("Today", today, today),
        ("Yesterday", today - day, today - day),
        ("Last 7 days", today - 6 * day, today),
        ("This month", month, _later(month, 1) - day),
        ("Last month", _later(month, -1), month - day),
        ("This quarter", quarter, _later(quarter, 3) - day),
        ("Last quarter", _later(quarter, -3), quarter - day),
        ("This year", date(today.year, 1, 1), date(today.year, 12, 31)),
        ("Last year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    )
    return tuple(Preset(tr(name), Span(start, end)) for name, start, end in spans)


def year_of(text: str) -> Span | None:
    """Return the whole of a typed year; None for what is none."""
    if not _YEAR.fullmatch(text.strip()) or int(text) == 0:
        return None
    return Span(date(int(text), 1, 1), date(int(text), 12, 31))


def say_days(count: int) -> str:
    """Return a number of days as text: "31 days"."""
    return tr_count("1 day", "{count} days", count)


def say_span(span: Span, today: date) -> str:
    """Return what stands below the two ends: "Last month, 31 days. The last day counts."."""
    named = next((preset.name for preset in presets(today) if preset.span == span), None)
    text = f"{say_days(span.days)}. {tr('The last day counts.')}"
    return f"{named}, {text}" if named else text


def stepped(day: date, months: int) -> date:
    """Return the same day of another month, or the last one of a month that is shorter."""
    first = _later(day.replace(day=1), months)
    return min(_later(first, 1) - timedelta(days=1), first + timedelta(days=day.day - 1))


def safely(step: Callable[[date], date], day: date) -> date:
    """Return the day a step leads to, or the same one at the end of all days."""
    try:
        return step(day)
    except (OverflowError, ValueError):
        return day


def _later(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
