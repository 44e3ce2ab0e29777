"""A report's parameters in a line: only what differs from what the report takes by itself.

values, schema ──▶ **say_parameters** ── "EWR · Days: 50", "UA · Jun – Aug 2013" ──▶ report_row
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from backend.protocol.parameters import Schema, in_words
from backend.protocol.ranges import ranges_of
from desktop.wording.form.dates import show_day
from desktop.wording.language import current, grouped, tr

SEPARATOR = " · "


def say_parameters(values: Mapping[str, Any], schema: Schema) -> str:
    """Return the parameters that differ from the defaults, those first that tell most; "Defaults" if none does."""
    return SEPARATOR.join(_differing(values, schema, _IN_WORDS)) or tr("Defaults")


def say_in_name(values: Mapping[str, Any], schema: Schema) -> str:
    """Return the same for a file's name, which depends on no language: days as ISO has them; "" if none differs."""
    return SEPARATOR.join(_differing(values, schema, _IN_NAMES))


def _differing(values: Mapping[str, Any], schema: Schema, say: "_Saying") -> list[str]:
    properties = schema.get("properties", {})
    given = {name: value for name, value in values.items() if _differs(value, properties.get(name, {}))}
    days = {name: day for name, value in values.items() if (day := day_of(value))}
    possible = ranges_of({"properties": properties}) if len(days) > 1 else []
    ranges = [pair for pair in possible if set(pair) & set(given) and set(pair) <= set(days)]
    paired = {name for pair in ranges for name in pair}
    bare = [
        say.value(value) for name, value in given.items() if name not in paired and _is_choice(properties.get(name))
    ]
    spans = [say.span(days[first], days[last]) for first, last in ranges]
    named = [
        _say_named(name, value, schema, say)
        for name, value in given.items()
        if name not in paired and not _is_choice(properties.get(name))
    ]
    return [*bare, *spans, *named]


def _say_named(name: str, value: object, schema: Schema, say: "_Saying") -> str:
    """Return title and value; of a choice of yes or no that is yes, the title says it."""
    title = title_of(name, schema)
    return title if value is True and name in schema.get("properties", {}) else f"{title}: {say.value(value)}"


def list_parameters(values: Mapping[str, Any], schema: Schema) -> tuple[str, ...]:
    """Return a line for each parameter, defaults too."""
    return tuple(f"{title_of(name, schema)}: {say_value(value)}" for name, value in values.items())


def title_of(name: str, schema: Schema) -> str:
    """Return the title of a parameter, or its name where the schema has none."""
    return str(schema.get("properties", {}).get(name, {}).get("title", name))


def say_value(value: object) -> str:
    """Return one value in words, a day in the language's form."""
    if day := day_of(value):
        return show_day(day)
    if isinstance(value, list | tuple):
        return ", ".join(say_value(each) for each in value)
    return (
        grouped(in_words(value)) if isinstance(value, int | float) and not isinstance(value, bool) else in_words(value)
    )


def say_span(first: date, last: date) -> str:
    """Return a range of days in as few words as say it: "2013", "Jun – Aug 2013", "3 – 9 Jun 2013"."""
    months, same_year = current().months, first.year == last.year
    ends_month = (last + timedelta(days=1)).day == 1 if last < date.max else True
    if first.day == 1 and ends_month:
        if first.month == 1 and last.month == 12:  # noqa: PLR2004  December
            return f"{first.year}" if same_year else f"{first.year} – {last.year}"
        end = f"{months[last.month - 1]} {last.year}"
        if (first.year, first.month) == (last.year, last.month):
            return end
        return f"{months[first.month - 1]}{'' if same_year else f' {first.year}'} – {end}"
    end = say_date(last)
    if first == last:
        return end
    return f"{say_date(first, with_year=not same_year)} – {end}"


def say_date(day: date, *, with_year: bool = True) -> str:
    """Return a day: "3 Jun 2013", or "3 Jun"."""
    language = current()
    pattern = language.date if with_year else language.day
    return pattern.format(day=day.day, month=language.months[day.month - 1], year=day.year)


def _iso_span(first: date, last: date) -> str:
    """Return a range of days as ISO writes their years, months or days: "2013", "2013-06 to 2013-08"."""
    ends_month = last == date.max or (last + timedelta(days=1)).day == 1
    if first.day == 1 and ends_month:
        is_years = first.month == 1 and last.month == 12  # noqa: PLR2004  December
        ends = (day.isoformat()[: 4 if is_years else 7] for day in (first, last))
    else:
        ends = (day.isoformat() for day in (first, last))
    return " to ".join(dict.fromkeys(ends))


class _Saying(Struct, frozen=True):
    """How values are said."""

    value: Callable[[object], str]
    span: Callable[[date, date], str]


def _plain_value(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain_value, value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else in_words(value)


_IN_WORDS, _IN_NAMES = _Saying(say_value, say_span), _Saying(_plain_value, _iso_span)


def _differs(value: object, prop: Schema) -> bool:
    return "default" not in prop or value != prop["default"]


def _is_choice(prop: Schema | None) -> bool:
    return prop is not None and ("enum" in prop or prop.get("type") == "array")


def day_of(value: object) -> date | None:
    """Return the day that a value is, written as requests have it; None for any other."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day and day.isoformat() == value else None
