"""What a field may hold: typed text as a value, or a sentence about what is wrong with it.

schema ── property ──▶ **read_number**, **read_text**, **judge** ── value, sentence ──▶ widgets.form.editors

`protocol.parameters` has the last word: the service checks with the same.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from backend.protocol import parameters
from backend.protocol.parameters import Schema
from desktop.wording.form.dates import show_day
from desktop.wording.language import grouped, tr, tr_count, ungrouped

MOST_DIGITS = 400
"""More are no number a schema allows, and Python refuses to convert many."""

_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_WHOLE = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
LONGEST_SENTENCE = 44
"""Characters that fit below a field of usual width beside its bounds."""


def is_array(prop: Schema) -> bool:
    """Return whether a property is a list of several of the same choices."""
    return parameters.type_of(prop) == "array"


def choices_of(prop: Schema) -> tuple[Any, ...]:
    """Return the values that can be chosen; none where there is no list of them."""
    return tuple(prop.get("items", {}).get("enum", ()) if is_array(prop) else prop.get("enum", ()))


def allows(prop: Schema, value: object) -> bool:
    """Return whether one property of a schema allows `value`."""
    if not is_array(prop):
        return parameters.is_allowed(prop, value)
    if not isinstance(value, (list, tuple)):
        return False
    choices = choices_of(prop)
    is_counted = prop.get("minItems", 0) <= len(value) <= prop.get("maxItems", len(value))
    return is_counted and len(set(map(repr, value))) == len(value) and all(each in choices for each in value)


def say_number(number: float) -> str:
    """Return a number as it stands in a field, all of its digits, in the language's groups."""
    return grouped(f"{number:,}" if isinstance(number, int) else f"{Decimal(repr(number)):,f}")


def plain(text: str) -> str:
    """Return a typed number without groups, as in English; what is none comes back unlike any number."""
    english = ungrouped(text.strip())
    return english.replace(",", "") if _GROUPED.fullmatch(english) else english


def regrouped(text: str) -> str:
    """Return a typed number in the language's groups, all of its digits; what is none comes back as it is."""
    english = plain(text)
    is_number = _NUMBER.fullmatch(english) and len(english) <= MOST_DIGITS
    return grouped(f"{Decimal(english):,f}") if is_number else text


def read_number(prop: Schema, text: str) -> float:
    """Read a typed number.

    Raises:
        ValueError: It is none, or not allowed; the message is a sentence for the analyst.
    """
    english = plain(text)
    shape = _WHOLE if parameters.type_of(prop) == "integer" else _NUMBER
    if not shape.fullmatch(english) or len(english) > MOST_DIGITS:
        raise ValueError(_kind(prop))
    number = float(english) if "." in english else int(english)
    low, high = prop.get("minimum"), prop.get("maximum")
    if high is not None and number > high:
        raise ValueError(tr("Must be {high} or less.", high=say_number(high)))
    if low is not None and number < low:
        raise ValueError(tr("Must be {low} or more.", low=say_number(low)))
    if not parameters.is_allowed(prop, number):
        raise ValueError(_kind(prop))
    return number


def _kind(prop: Schema) -> str:
    low, high = prop.get("minimum"), prop.get("maximum")
    is_whole = parameters.type_of(prop) == "integer"
    if low is None or high is None:
        return tr("Must be a whole number.") if is_whole else tr("Must be a number.")
    bounds = {"low": say_number(low), "high": say_number(high)}
    if is_whole:
        return tr("Must be a whole number from {low} to {high}.", **bounds)
    return tr("Must be a number from {low} to {high}.", **bounds)


def read_text(prop: Schema, text: str) -> str:
    """Check a typed text.

    Raises:
        ValueError: It is not allowed; the message is a sentence for the analyst.
    """
    least, most = prop.get("minLength"), prop.get("maxLength")
    if most is not None and len(text) > most:
        one, many = "Must be no longer than 1 character.", "Must be no longer than {count} characters."
        raise ValueError(tr_count(one, many, most))
    if least is not None and len(text) < least:
        one, many = "Must have at least 1 character.", "Must have at least {count} characters."
        raise ValueError(tr_count(one, many, least))
    if not parameters.is_allowed(prop, text):
        raise ValueError(tr("Does not fit: {description}", description=_meaning(prop)))
    return text


def _meaning(prop: Schema) -> str:
    return str(prop.get("description") or prop.get("pattern") or parameters.describe(prop))


def check_day(prop: Schema, day: date) -> str:
    """Return a day as the request has it.

    Raises:
        ValueError: It is out of bounds; the message is a sentence for the analyst.
    """
    low, high = bounds_of(prop)
    if high is not None and day > high:
        raise ValueError(tr("Must be {day} or earlier.", day=show_day(high)))
    if low is not None and day < low:
        raise ValueError(tr("Must be {day} or later.", day=show_day(low)))
    return day.isoformat()


def bounds_of(prop: Schema) -> tuple[date | None, date | None]:
    """Return the first and the last day that a property allows."""
    return _day(prop.get("minimum")), _day(prop.get("maximum"))


def default_day(prop: Schema) -> date | None:
    """Return the day that an empty field means."""
    return _day(prop.get("default"))


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def check_several(prop: Schema, values: Sequence[Any]) -> list[Any]:
    """Check how many were chosen.

    Raises:
        ValueError: Too few or too many; the message is a sentence for the analyst.
    """
    least, most = prop.get("minItems", 0), prop.get("maxItems", len(values))
    if len(values) < least:
        raise ValueError(tr("Choose {count} or more.", count=least))
    if len(values) > most:
        raise ValueError(tr("Choose {count} or fewer.", count=most))
    return list(values)


def say_hint(prop: Schema) -> str:
    """Return what stands below a field that is right: its bounds, then one sentence of its description."""
    return " ".join(filter(None, (_say_bounds(prop), one_sentence(str(prop.get("description", ""))))))


def _say_bounds(prop: Schema) -> str:
    if prop.get("type") in {"integer", "number"}:
        low, high = (None if prop.get(end) is None else say_number(prop[end]) for end in ("minimum", "maximum"))
    elif prop.get("format") == "date":
        low, high = (show_day(day) if day else None for day in bounds_of(prop))
    else:
        return ""
    match low, high:
        case None, None:
            return ""
        case _, None:
            return tr("{low} or more.", low=low)
        case None, _:
            return tr("{high} or less.", high=high)
        case _:
            return tr("{low} to {high}.", low=low, high=high)


def one_sentence(description: str) -> str:
    """Return the first sentence that is short, or the first one."""
    sentences = _SENTENCE_END.split(description.strip())
    return next((each for each in sentences if len(each) <= LONGEST_SENTENCE), sentences[0])
