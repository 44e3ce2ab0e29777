import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.protocol.parameters import InvalidParameters, complete, describe, in_words, is_allowed, parse

SCHEMA = {
    "type": "object",
    "properties": {
        "rows": {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 5},
        "share": {"type": "number", "minimum": 0},
        "name": {"type": "string", "maxLength": 3},
        "carrier": {"type": "string", "enum": ["AA", "UA"]},
        "since": {"type": "string", "format": "date"},
        "all": {"type": "boolean"},
        "origins": {
            "type": "array",
            "items": {"type": "string", "enum": ["JFK", "EWR", "LGA"]},
            "uniqueItems": True,
            "maxItems": 2,
        },
        "hours": {"type": "array", "items": {"type": "integer", "enum": [5, 17, 1_000]}, "uniqueItems": True},
    },
    "required": ["since"],
}
PROPERTIES: dict[str, Any] = SCHEMA["properties"]  # type: ignore[assignment]


def test_defaults_are_filled_in_and_the_schema_gives_the_order() -> None:
    values = complete(SCHEMA, {"since": "2026-01-31", "name": "abc"})
    assert list(values.items()) == [("rows", 5), ("name", "abc"), ("since", "2026-01-31")]


def test_every_wrong_parameter_is_named() -> None:
    with pytest.raises(InvalidParameters) as caught:
        complete(SCHEMA, {"rows": 10_001, "colour": "red", "carrier": "XX", "origins": ["EWR", "XX"]})
    assert caught.value.fields == {
        "colour": "is unknown: there is rows, share, name, carrier, since, all, origins, hours",
        "rows": "must be a whole number from 0 to 10,000",
        "carrier": "must be one of AA, UA",
        "since": "is missing: a date, as YYYY-MM-DD",
        "origins": 'must be a list of at most 2 of JFK, EWR, LGA, each once; "XX" is none of them',
    }


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("rows", [0, 10_000], [-1, 10_001, 1.5, "5", True, None, 10**40]),
        ("share", [0, 0.5, 7], [-0.1, "1", True]),
        ("name", ["", "abc"], ["abcd", 1]),
        ("carrier", ["AA"], ["aa", "", 1]),
        ("since", ["2026-02-28"], ["2026-02-30", "28.02.2026", "2026-02-28T00:00:00", 20260228]),
        ("all", [True, False], [0, "true"]),
        (
            "origins",
            [["EWR"], ["LGA", "EWR"], []],
            ["EWR", {"EWR": 1}, ["EWR", "EWR"], ["EWR", "JFK", "LGA"], ["ewr"], [None], [["EWR"]], [1]],
        ),
        ("hours", [[5], [17, 5]], [5, ["5"], [True], [5.5], [6]]),
    ],
)
def test_only_what_the_schema_says_is_allowed(name: str, good: list[object], bad: list[object]) -> None:
    assert [value for value in good if not is_allowed(PROPERTIES[name], value)] == []
    assert [value for value in bad if is_allowed(PROPERTIES[name], value)] == []


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("rows", "12", 12),
        ("rows", " 12 ", 12),
        ("share", "0.25", 0.25),
        ("name", "12", "12"),
        ("since", "2026-01-01", "2026-01-01"),
        ("all", "true", True),
        ("origins", "EWR", ["EWR"]),
        ("origins", " EWR , JFK ", ["EWR", "JFK"]),
        ("origins", '["EWR", "JFK"]', ["EWR", "JFK"]),
        ("origins", "", []),
        ("hours", "5,1000", [5, 1_000]),
        ("hours", "[5, 17]", [5, 17]),
    ],
)
def test_typed_text_becomes_the_property_s_type(name: str, text: str, value: object) -> None:
    assert parse(PROPERTIES[name], text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rows", "many"),
        ("rows", "1e9"),
        ("rows", "[" * 2_000),
        ("all", "yes"),
        ("since", "soon"),
        ("origins", "[" * 2_000),
    ],
)
def test_text_that_is_no_such_value_is_told_what_it_must_be(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(describe(PROPERTIES[name]))):
        parse(PROPERTIES[name], text)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("origins", "EWR,XX", '; "XX" is none of them'),
        ("origins", "EWR,", '; "" is none of them'),
        ("origins", "EWR,EWR", '; "EWR" is there twice'),
        ("origins", "JFK,EWR,LGA", "each once"),
        ("origins", f"[{'[' * 50}{']' * 50}]", "; an item is none of them"),
        ("origins", "x" * 100, f'; "{"x" * 39}…" is none of them'),
        ("origins", '["EWR"', "each once"),
        ("hours", "5,6", '; "6" is none of them'),
        ("hours", '["5"]', '; "5" is none of them'),
    ],
)
def test_list_is_told_which_item_is_wrong(name: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason) + "$"):
        parse(PROPERTIES[name], text)


@pytest.mark.parametrize("choice", ["Washington, D.C.", "[all]"])
def test_choice_that_reads_like_several_is_typed_alone_or_as_json(choice: str) -> None:
    prop = {"type": "array", "items": {"type": "string", "enum": [choice, "Paris"]}}
    assert parse(prop, choice) == [choice]
    assert parse(prop, json.dumps([choice, "Paris"])) == [choice, "Paris"]


@given(st.lists(st.sampled_from(["JFK", "EWR", "LGA"]), unique=True, min_size=1, max_size=2))
def test_order_of_a_list_does_not_count(origins: list[str]) -> None:
    values = {"since": "2026-01-31", "origins": origins}
    assert complete(SCHEMA, values) == complete(SCHEMA, {**values, "origins": origins[::-1]})
    assert complete(SCHEMA, values)["origins"] == [each for each in ("JFK", "EWR", "LGA") if each in origins]


def test_whole_numbers_of_a_list_may_have_a_point() -> None:
    hours = complete(SCHEMA, {"since": "2026-01-31", "hours": [17.0, 5]})["hours"]
    assert (hours, [type(hour) for hour in hours]) == ([5, 17], [int, int])


def test_empty_list_is_as_absent() -> None:
    prop = PROPERTIES["origins"]
    assert complete({"properties": {"a": prop}}, {"a": []}) == {}
    assert complete({"properties": {"a": {**prop, "default": ["LGA"]}}}, {"a": []}) == {"a": ["LGA"]}
    with pytest.raises(InvalidParameters, match="a is missing: a list of at most 2 of JFK"):
        complete({"properties": {"a": prop}, "required": ["a"]}, {"a": []})


@pytest.mark.parametrize("name", ["rows", "carrier", "colour"])
def test_empty_list_is_wrong_where_no_list_is_wanted(name: str) -> None:
    with pytest.raises(InvalidParameters) as told:
        complete(SCHEMA, {"since": "2026-01-31", name: []})
    assert told.value.fields.keys() == {name}


@pytest.mark.parametrize(
    ("bounds", "number"),
    [
        ({}, "some"),
        ({"minItems": 1}, "some"),
        ({"minItems": 2}, "at least 2"),
        ({"minItems": 2, "maxItems": 3}, "2 to 3"),
        ({"minItems": 2, "maxItems": 2}, "2"),
    ],
)
def test_number_of_items_is_said_in_words(bounds: dict[str, int], number: str) -> None:
    assert describe({"type": "array", "items": {"enum": [1, 2, 3]}, **bounds}) == f"a list of {number} of 1, 2, 3"


@pytest.mark.parametrize(
    ("value", "words"), [(["EWR", "JFK"], "EWR, JFK"), ([], "any"), ([1_000, 5], "1,000, 5"), (None, "any")]
)
def test_list_is_said_with_commas(value: object, words: str) -> None:
    assert in_words(value) == words


@given(
    st.dictionaries(
        st.text() | st.sampled_from([*PROPERTIES]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("EWR"),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
    )
)
def test_whatever_is_given_comes_back_complete_or_refused(values: dict[str, object]) -> None:
    try:
        assert complete(SCHEMA, values).keys() >= {"rows", "since"}
    except InvalidParameters as error:
        assert error.fields


@pytest.mark.parametrize(
    ("prop", "words"),
    [
        ({"type": "string", "minLength": 2, "maxLength": 40}, "a text of 2 to 40 characters"),
        ({"type": "string", "minLength": 2}, "a text of at least 2 characters"),
        ({"type": "integer", "maximum": 9_999}, "a whole number up to 9,999"),
        ({"type": "number", "minimum": 0, "maximum": 1}, "a number from 0 to 1"),
        ({"type": "string"}, "a text"),
    ],
)
def test_bounds_are_said_in_words(prop: dict[str, Any], words: str) -> None:
    assert describe(prop) == words


@pytest.mark.parametrize(
    ("start", "end"),
    [("start", "end"), ("from", "to"), ("dateFrom", "dateTo"), ("first_day", "last_day"), ("since", "until")],
)
def test_range_of_dates_may_not_end_before_it_starts(start: str, end: str) -> None:
    day = {"type": "string", "format": "date"}
    schema = {"properties": {end: day, start: day | {"default": "2013-06-01"}, "day": day}}
    with pytest.raises(InvalidParameters) as told:
        complete(schema, {end: "2013-05-31"})
    assert told.value.fields == {end: "must not be before 2013-06-01"}
    assert complete(schema, {end: "2013-06-01", "day": "1999-01-01"})[end] == "2013-06-01"


@pytest.mark.parametrize(
    ("described", "reason"),
    [
        ({}, "must be a text of at most 7 characters that matches ^[A-Z]{3}-[A-Z]{3}$"),
        ({"description": "From and to."}, "must be a text of at most 7 characters: From and to."),
    ],
)
def test_failed_pattern_is_told_by_its_meaning(described: dict[str, str], reason: str) -> None:
    prop = {"type": "string", "maxLength": 7, "pattern": "^[A-Z]{3}-[A-Z]{3}$", **described}
    with pytest.raises(InvalidParameters) as told:
        complete({"properties": {"route": prop}}, {"route": "JFK"})
    assert told.value.fields == {"route": reason}


@pytest.mark.parametrize("names", [("start", "to"), ("fromHere", "toThere"), ("start", "endDay"), ("a", "b")])
def test_other_dates_may_come_in_any_order(names: tuple[str, str]) -> None:
    schema = {"properties": {name: {"type": "string", "format": "date"} for name in names}}
    first, second = names
    for values in ({first: "2013-06-01", second: "2013-05-31"}, {first: "2013-05-31", second: "2013-06-01"}):
        assert complete(schema, values) == values


@pytest.mark.parametrize("kind", [{}, {"type": ["string", "null"]}, {"type": "object"}, {"type": "array"}])
def test_property_of_no_type_that_is_known_is_a_text_or_a_choice(kind: dict[str, Any]) -> None:
    text, choice = {"title": "Note", **kind}, {"enum": [1, "two"], **kind}
    assert (parse(text, "[3]"), parse(choice, "1"), parse(choice, "two")) == ("[3]", 1, "two")
    assert complete({"properties": {"note": text, "which": choice}}, {"note": "a", "which": 1}) == {
        "note": "a",
        "which": 1,
    }
    assert describe(text) == "a text"
