from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.wording import language
from desktop.wording.form.judging import (
    LONGEST_SENTENCE,
    allows,
    one_sentence,
    read_number,
    read_text,
    say_hint,
    say_number,
)
from desktop.wording.language import LanguageId

WHOLE: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 366}
SEVERAL: dict[str, Any] = {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 1, "maxItems": 2}


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.use(LanguageId.ENGLISH)


@pytest.mark.parametrize(
    ("prop", "text", "reason"),
    [
        (WHOLE, "900000", "Must be 366 or less."),
        (WHOLE, "0", "Must be 1 or more."),
        (WHOLE, "1.5", "Must be a whole number from 1 to 366."),
        (WHOLE, "5e3", "Must be a whole number from 1 to 366."),
        (WHOLE, "1.0", "Must be a whole number from 1 to 366."),
        ({"type": "integer"}, "1,5", "Must be a whole number."),
        ({"type": "integer"}, "1,50,000", "Must be a whole number."),
        ({"type": "integer"}, "1_000", "Must be a whole number."),
        ({"type": "integer"}, "\u0661", "Must be a whole number."),
        ({"type": "integer"}, "9" * 5000, "Must be a whole number."),
        ({"type": "number"}, "nan", "Must be a number."),
        ({"type": "number"}, "Infinity", "Must be a number."),
        ({"type": "number"}, "1,5", "Must be a number."),
        ({"type": "number", "minimum": 0, "maximum": 1}, "x", "Must be a number from 0 to 1."),
        ({"type": "number", "maximum": 0.5}, "2", "Must be 0.5 or less."),
    ],
)
def test_what_is_no_allowed_number_is_said(prop: dict[str, Any], text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        read_number(prop, text)
    assert str(error.value) == reason


@pytest.mark.parametrize(
    ("text", "number"), [("1.234,5", 1234.5), ("1,5", 1.5), ("1.000", 1000), ("12", 12), ("-3", -3)]
)
def test_german_number_is_read_as_germans_write_it(text: str, number: float) -> None:
    language.use(LanguageId.GERMAN)
    assert read_number({"type": "number"}, text) == number
    with pytest.raises(ValueError, match="ganze Zahl"):
        read_number({"type": "integer"}, "1.5")


@given(st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(LanguageId))
def test_number_as_it_is_shown_is_read_again(number: float, spoken: LanguageId) -> None:
    language.use(spoken)
    read = read_number({"type": "integer" if isinstance(number, int) else "number"}, say_number(number))
    assert type(number)(read) == number


@pytest.mark.parametrize(
    ("prop", "text", "reason"),
    [
        ({"maxLength": 1}, "ab", "Must be no longer than 1 character."),
        ({"maxLength": 2}, "abc", "Must be no longer than 2 characters."),
        ({"minLength": 3}, "a", "Must have at least 3 characters."),
        ({"pattern": "^x$", "description": "An x."}, "y", "Does not fit: An x."),
        ({"pattern": "^x$"}, "y", "Does not fit: ^x$"),
    ],
)
def test_what_is_no_allowed_text_is_said(prop: dict[str, Any], text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".") as error:
        read_text({"type": "string", **prop}, text)
    assert str(error.value) == reason


@pytest.mark.parametrize(
    ("value", "is_allowed"),
    [
        (["a"], True),
        (("a", "c"), True),
        ([], False),
        (["a", "b", "c"], False),
        (["a", "a"], False),
        (["x"], False),
        ("a", False),
        (None, False),
    ],
)
def test_several_values_are_of_the_list_once_and_as_many_as_allowed(value: object, is_allowed: bool) -> None:  # noqa: FBT001  a case
    assert allows(SEVERAL, value) is is_allowed


@pytest.mark.parametrize(
    ("prop", "hint"),
    [
        (WHOLE | {"description": "How many days to list."}, "1 to 366. How many days to list."),
        ({"type": "integer", "minimum": 1000}, "1,000 or more."),
        ({"type": "integer", "maximum": 9}, "9 or less."),
        ({"type": "string", "format": "date", "minimum": "2013-01-01"}, "2013-01-01 or more."),
        ({"type": "string", "description": "Any."}, "Any."),
        ({"type": "string"}, ""),
    ],
)
def test_hint_has_the_bounds_and_a_sentence(prop: dict[str, Any], hint: str) -> None:
    assert say_hint(prop) == hint


def test_sentence_is_the_first_short_one_or_the_first() -> None:
    long = "A flight that arrives so many minutes after schedule, or more, is late."
    assert len(long) > LONGEST_SENTENCE
    assert one_sentence(f"{long} The official statistics use 15.") == "The official statistics use 15."
    assert one_sentence(f"{long} {long}") == long
