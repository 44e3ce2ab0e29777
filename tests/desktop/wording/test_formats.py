from typing import Any

import pytest

from backend.protocol.formats import FORMATS
from desktop.wording import language
from desktop.wording.formats import describe_option, differing, options_of, parse_option, say_format, say_value
from desktop.wording.language import LanguageId
from tests.desktop.wording.test_language import german

CSV = options_of("csv")


@pytest.mark.parametrize(
    ("name", "words"), [("xlsx", "Excel (XLSX)"), ("csv", "CSV"), ("parquet", "Parquet"), ("ods", "ODS")]
)
def test_format_has_a_name(name: str, words: str) -> None:
    assert say_format(name) == words


def test_every_delimiter_is_said_in_a_word() -> None:
    assert [say_value(value) for value in CSV["delimiter"]["enum"]] == ["Comma", "Semicolon", "Tab", "Bar"]


def test_every_option_has_its_german() -> None:
    language.use(LanguageId.GERMAN)
    try:
        options = [prop for name in FORMATS for prop in options_of(name).values()]
        values = [say_value(value) for value in CSV["delimiter"]["enum"]]
    finally:
        language.use(LanguageId.ENGLISH)
    assert [prop["title"] for prop in options] == ["Trennzeichen", "Für Excel: Byte-Order-Mark"]
    assert values == ["Komma", "Semikolon", "Tabulator", "Senkrechter Strich"]
    known = {other for _, other in german()}
    assert {prop["description"] for prop in options} <= known


def test_other_values_are_said_as_they_are() -> None:
    assert [say_value(value) for value in ("x", 1, True)] == ["x", "1", "True"]


def test_options_are_those_of_the_protocol_in_other_words() -> None:
    assert CSV["bom"]["title"] == "For Excel: byte order mark"
    for name, schema in ((each.id, each.options) for each in FORMATS.values()):
        assert options_of(name).keys() == schema["properties"].keys()
        for option, prop in schema["properties"].items():
            assert options_of(name)[option] == {**prop, "title": options_of(name)[option]["title"]}
    assert options_of("ods") == {}


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, None),
        ({"delimiter": ",", "bom": False}, None),
        ({"delimiter": ";", "bom": False}, {"delimiter": ";"}),
        ({"delimiter": ",", "bom": True}, {"bom": True}),
    ],
)
def test_only_what_differs_from_the_defaults_is_sent(options: dict[str, Any], sent: dict[str, Any] | None) -> None:
    assert differing("csv", options) == sent


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        ("delimiter", ";", ";"),
        ("delimiter", "semicolon", ";"),
        ("delimiter", "Tab", "\t"),
        ("delimiter", r"\t", "\t"),
        ("delimiter", "\t", "\t"),
        ("delimiter", "|", "|"),
        ("delimiter", "bar", "|"),
        ("bom", "true", True),
        ("bom", "false", False),
    ],
)
def test_option_is_read_as_typed_or_named(option: str, text: str, value: object) -> None:
    assert parse_option(CSV[option], text) == value


@pytest.mark.parametrize(
    ("option", "text", "reason"),
    [
        ("delimiter", "x", "one of comma, semicolon, tab, bar"),
        ("delimiter", "", "one of comma, semicolon, tab, bar"),
        ("bom", "maybe", "true or false"),
        ("bom", "1", "true or false"),
    ],
)
def test_option_that_is_not_allowed_says_what_is(option: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        parse_option(CSV[option], text)
    assert describe_option(CSV[option]) == reason


def test_value_of_a_choice_is_not_mistaken_for_a_word() -> None:
    assert parse_option({"type": "string", "enum": ["x"]}, "x") == "x"
    assert parse_option({"type": "string"}, "tab") == "tab"
