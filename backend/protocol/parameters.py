"""The parameters of a report: what a JSON Schema allows, said in words and checked.

The form is built from the same schema that the service checks against. The subset: an object whose properties are
`string` (`minLength`, `maxLength`, `pattern`, `enum`, `format: date`), `integer` and `number` (`minimum`, `maximum`),
`boolean`; with `title`, `description`, `default`, and `required` for those without a default.
Source: https://json-schema.org/draft/2020-12/json-schema-validation
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from backend.protocol.patterns import is_matched

Schema = Mapping[str, Any]
RANGES = {("from", "to"), ("start", "end"), ("first", "last"), ("since", "until"), ("after", "before")}


class InvalidParameters(ValueError):
    """Some parameters are not what the definition allows; `fields` says for each what it must be."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name} {reason}" for name, reason in fields.items()))
        self.fields = dict(fields)


def complete(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Check `values` against `schema` and return them with the defaults filled in, in the schema's order.

    Raises:
        InvalidParameters: At least one is unknown, missing or not allowed. All of them are named.
    """
    properties, filled = schema["properties"], fill(schema, values)
    known = ", ".join(properties) or "nothing"
    unknown = (name for name, value in values.items() if name not in properties and value is not None)
    wrong = dict.fromkeys(unknown, f"is unknown: there is {known}")
    for name, prop in properties.items():
        if name in filled:
            if not is_allowed(prop, filled[name]):
                wrong[name] = f"must be {describe(prop)}" + _meaning_of_pattern(prop)
        elif name in schema.get("required", ()):
            wrong[name] = f"is missing: {describe(prop)}"
    wrong = wrong or crossed(schema, filled)
    if wrong:
        raise InvalidParameters(wrong)
    return filled


def crossed(schema: Schema, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the ends of ranges of dates that come before their starts; `values` are allowed ones.

    Two dates are a range if their names differ in one word: `start` and `end`, `dateFrom` and `dateTo`, `first_day` and
    `last_day`.
    """
    filled = fill(schema, values)
    dates = {name: _words(name) for name in filled if schema["properties"][name].get("format") == "date"}
    wrong = {}
    for end, words in dates.items():
        for start, others in dates.items():
            unlike = [pair for pair in zip(others, words, strict=False) if pair[0] != pair[1]]
            is_range = len(words) == len(others) and len(unlike) == 1 and unlike[0] in RANGES
            if is_range and filled[end] < filled[start]:
                wrong[end] = f"must not be before {filled[start]}"
    return wrong


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)]


def fill(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that `schema` knows, unchecked, with the defaults filled in, in the schema's order.

    A null is as absent, and 5.0 is 5 where a whole number is wanted: a language without those may write either.
    """
    properties = schema["properties"]
    filled = {name: prop["default"] for name, prop in properties.items() if "default" in prop}
    filled |= {name: value for name, value in values.items() if value is not None}
    return {name: _in_type(prop, filled[name]) for name, prop in properties.items() if name in filled}


def whole(value: object) -> object:
    """Return 5 for 5.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _in_type(prop: Schema, value: object) -> object:
    return whole(value) if prop["type"] == "integer" else value


def is_allowed(prop: Schema, value: object) -> bool:
    """Return whether one property of a schema allows `value`."""
    try:
        msgspec.convert(value, _type_of(prop))
    except msgspec.ValidationError:
        return False
    pattern = prop.get("pattern")
    return not (isinstance(pattern, str) and isinstance(value, str)) or is_matched(pattern, value)


def describe(prop: Schema) -> str:
    """Return in words what one property allows, to follow "must be": "a whole number from 0 to 840,000".

    A pattern is left to the property's own description, where it has one.
    """
    if "enum" in prop:
        return "one of " + ", ".join(str(choice) for choice in prop["enum"])
    match prop["type"]:
        case "boolean":
            return "true or false"
        case "integer":
            return "a whole number" + _range(prop)
        case "number":
            return "a number" + _range(prop)
        case _ if prop.get("format") == "date":
            return "a date, as YYYY-MM-DD"
        case _:
            is_unsaid = "pattern" in prop and not prop.get("description")
            return "a text" + _length(prop) + (f" that matches {prop['pattern']}" if is_unsaid else "")


def _meaning_of_pattern(prop: Schema) -> str:
    return f": {prop['description']}" if "pattern" in prop and prop.get("description") else ""


def in_words(value: object) -> str:
    """Return a value in a reader's words: an absent one is "any"."""
    match value:
        case None:
            return "any"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def parse(prop: Schema, text: str) -> Any:  # noqa: ANN401  as wide as JSON
    """Read a value that was typed, on a command line or in a field, as the type the property has.

    Raises:
        ValueError: The text is no such value; the message follows "must be".
    """
    try:
        if prop["type"] == "string":
            value: Any = text
        else:
            value = msgspec.json.decode(text.strip().encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ValueError(describe(prop)) from error
    if not is_allowed(prop, value):
        raise ValueError(describe(prop))
    return value


def _type_of(prop: Schema) -> Any:  # noqa: ANN401  a type expression for msgspec
    if "enum" in prop:
        return Literal[tuple(prop["enum"])]
    match prop["type"]:
        case "boolean":
            return bool
        case "integer":
            return Annotated[int, Meta(ge=prop.get("minimum"), le=prop.get("maximum"))]
        case "number":
            return Annotated[float, Meta(ge=prop.get("minimum"), le=prop.get("maximum"))]
        case _ if prop.get("format") == "date":
            return date
        case _:
            return Annotated[str, Meta(min_length=prop.get("minLength"), max_length=prop.get("maxLength"))]


def _range(prop: Schema) -> str:
    match prop.get("minimum"), prop.get("maximum"):
        case None, None:
            return ""
        case low, None:
            return f" from {low:,}"
        case None, high:
            return f" up to {high:,}"
        case low, high:
            return f" from {low:,} to {high:,}"


def _length(prop: Schema) -> str:
    match prop.get("minLength"), prop.get("maxLength"):
        case None, None:
            return ""
        case least, None:
            return f" of at least {least:,} characters"
        case None, most:
            return f" of at most {most:,} characters"
        case least, most:
            return f" of {least:,} to {most:,} characters"
