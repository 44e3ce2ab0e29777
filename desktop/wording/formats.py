"""File formats and their options in an analyst's words.

`protocol.formats` ── schema ──▶ **say_format**, **options_of** ── words ──▶ form, command line
"""

from collections.abc import Mapping
from typing import Any

from backend.protocol import parameters
from backend.protocol.formats import FORMATS, options_schema
from backend.protocol.parameters import Schema
from desktop.wording.language import tr

_TITLES = {("csv", "bom"): "For Excel: byte order mark"}
_BY_WORD = {word: value for each in FORMATS.values() for words in each.words.values() for word, value in words.items()}
_WORDS = {value: word.capitalize() for word, value in _BY_WORD.items()}
_TYPED = {**_BY_WORD, r"\t": "\t"}


def say_format(name: str) -> str:
    """Return the name of a format: "Excel (XLSX)"."""
    return FORMATS[name].title if name in FORMATS else name.upper()


def say_value(value: object) -> str:
    """Return a value of an option as text; characters that are hard to see have names."""
    return tr(_WORDS[value]) if isinstance(value, str) and value in _WORDS else str(value)


def options_of(name: str) -> dict[str, Schema]:
    """Return the options of a format by name, with the titles an analyst understands; none for an unknown format."""
    properties = options_schema(name)["properties"]
    return {option: dict(prop) | _words(name, option, prop) for option, prop in properties.items()}


def differing(name: str, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is not as the format has it by default; None where nothing is."""
    properties = options_of(name)
    others = {option: value for option, value in options.items() if value != properties[option].get("default")}
    return others or None


def parse_option(prop: Schema, text: str) -> Any:  # noqa: ANN401  as wide as JSON
    r"""Read an option that was typed on a command line; a character may be named: `tab`, `\t`, `semicolon`.

    Raises:
        ValueError: The text is no such value; the message follows "must be".
    """
    is_choice = "enum" in prop
    try:
        return parameters.parse(prop, _TYPED.get(text.strip().lower(), text) if is_choice else text)
    except ValueError as error:
        raise ValueError(describe_option(prop)) from error


def describe_option(prop: Schema) -> str:
    """Return in words what an option allows, to follow "must be": "one of comma, semicolon, tab, bar"."""
    if "enum" in prop:
        return "one of " + ", ".join(say_value(value).lower() for value in prop["enum"])
    return parameters.describe(prop)


def _words(name: str, option: str, prop: Schema) -> dict[str, str]:
    """Return title and description in the window's language: the formats are the program's own, so all are known."""
    said = {"title": _TITLES.get((name, option), prop.get("title")), "description": prop.get("description")}
    return {field: tr(text) for field, text in said.items() if text}
