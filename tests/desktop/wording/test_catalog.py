from typing import Any

import pytest

from backend.protocol.messages import DefinitionInfo
from desktop.wording.catalog import describe_definition, describe_options


def define(properties: dict[str, Any], *required: str, **changes: Any) -> DefinitionInfo:
    schema = {"type": "object", "properties": properties, "required": list(required)}
    told = {"id": "x", "title": "X", "description": "What it is.", "parameters": schema, "formats": ("xlsx", "csv")}
    return DefinitionInfo(**(told | changes))


@pytest.mark.parametrize(
    ("prop", "required", "words"),
    [
        ({"type": "string", "format": "date", "title": "From"}, True, "From: a date, as YYYY-MM-DD; needed"),
        (
            {"type": "string", "format": "date", "default": "2013-01-01"},
            True,
            "a date, as YYYY-MM-DD; 2013-01-01 if left out",
        ),
        ({"type": "string", "enum": ["AA", "B6"]}, False, "one of AA, B6; may be left out"),
        ({"type": "integer", "minimum": 1, "default": 40_000}, False, "a whole number from 1; 40000 if left out"),
        ({"type": "number", "default": 0.5}, False, "a number; 0.5 if left out"),
        ({"type": "boolean", "default": False}, False, "true or false; false if left out"),
        (
            {"type": "array", "items": {"type": "string", "enum": ["EWR", "JFK"]}, "uniqueItems": True},
            False,
            "a list of some of EWR, JFK, each once, with commas between; may be left out",
        ),
        (
            {"type": "array", "items": {"type": "integer", "enum": [5, 6, 7]}, "maxItems": 2, "default": [5, 7]},
            False,
            "a list of at most 2 of 5, 6, 7, with commas between; 5,7 if left out",
        ),
    ],
)
def test_parameter_says_what_is_allowed_and_what_if_it_is_left_out(
    prop: dict[str, Any],
    required: bool,  # noqa: FBT001  a case
    words: str,
) -> None:
    lines = describe_definition(define({"a": prop}, *["a"] * required), None)
    assert lines == [
        "  What it is.",
        f"  -p a=…      {words}",
        "  --format …  one of xlsx, csv; xlsx if left out",
    ]


def test_single_format_is_no_choice() -> None:
    assert describe_definition(define({}, formats=("csv",)), None)[-1] == "  --format …  csv only"


def test_long_texts_are_folded_below_themselves() -> None:
    definition = define({"airport": {"type": "string", "enum": [f"A{n:02}" for n in range(30)]}})
    lines = describe_definition(definition, 60)
    assert max(map(len, lines)) <= 60
    parameter = [line for line in lines if line.startswith(("  -p", " " * len("  -p airport=…  ")))]
    assert len(parameter) > 2
    assert "".join(parameter).count("A") == 30


def test_narrow_terminal_still_gets_words() -> None:
    assert all(len(line) <= 40 for line in describe_definition(define({"a": {"type": "boolean"}}), 10))


def test_options_stand_with_their_format() -> None:
    assert describe_options(["xlsx", "csv"], None) == [
        "  --format-option delimiter=…  for csv: one of comma, semicolon, tab, bar; comma if left out",
        "  --format-option bom=…        for csv: true or false; false if left out",
    ]
    assert describe_options(["xlsx"], None) == []
