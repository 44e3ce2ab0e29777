"""The parameters of a report: what a JSON Schema allows, said in words and checked.

The form is built from the same schema that the service checks against. The subset: an object whose properties are
`string` (`minLength`, `maxLength`, `pattern`, `enum`, `format: date`), `integer` and `number` (`minimum`, `maximum`),
`boolean`, and `array` of choices (`items` with an `enum`; `minItems`, `maxItems`, `uniqueItems`); with `title`,
`description`, `default`, and `required` for those without a default. `rangeWith` is a word of our own: see `ranges`.
A property without a type is a text, or a choice if it has an `enum`. Source: https://json-schema.org/draft/2020-12/json-schema-validation

An empty list is as absent: the default counts, or without one the report is not narrowed. So nobody asks for the rows
of no airport at all. The order of a list does not count.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from backend.protocol.patterns import is_matched
from backend.protocol.ranges import ranges_of
from backend.protocol.refusals import cut

Schema = Mapping[str, Any]

SINGLE_TYPES = ("string", "integer", "number", "boolean")

LONGEST_SAID = 40
"""Characters of a wrong choice that are repeated to who sent it."""


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
                wrong[name] = (
                    f"must be {describe(prop)}" + _meaning_of_pattern(prop) + _fault_of_list(prop, filled[name])
                )
        elif name in schema.get("required", ()):
            wrong[name] = f"is missing: {describe(prop)}"
    wrong = wrong or crossed(schema, filled)
    if wrong:
        raise InvalidParameters(wrong)
    return filled


def crossed(schema: Schema, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with ends of ranges that come before their starts; `values` are allowed ones."""
    filled = fill(schema, values)
    return {
        end: f"must not be before {filled[start]}"
        for start, end in ranges_of(schema)
        if start in filled and end in filled and filled[end] < filled[start]
    }


def fill(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that `schema` knows, unchecked, with the defaults filled in, in the schema's order.

    A null is as absent, and 5.0 is 5 where a whole number is wanted: a language without those may write either. An
    empty list is as absent too, and a list of choices comes in the order of the choices.
    """
    properties = schema["properties"]
    filled = {name: prop["default"] for name, prop in properties.items() if "default" in prop}
    filled |= {name: value for name, value in values.items() if not _is_absent(properties.get(name), value)}
    return {name: _in_type(prop, filled[name]) for name, prop in properties.items() if name in filled}


def type_of(prop: Schema) -> str:
    """Return the type of a property; one that is not of the subset, or not said at all, is taken as a text."""
    kind = prop.get("type")
    is_known = (kind == "array" and "items" in prop) or kind in SINGLE_TYPES
    return str(kind) if is_known else "string"


def whole(value: object) -> object:
    """Return 5 for 5.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_absent(prop: Schema | None, value: object) -> bool:
    return value is None or (value == [] and prop is not None and type_of(prop) == "array")


def _in_type(prop: Schema, value: object) -> object:
    match type_of(prop), value:
        case "integer", _:
            return whole(value)
        case "array", [*items]:
            return _in_order([whole(item) for item in items], _choices(prop))
        case _:
            return value


def _in_order(items: list[object], choices: Sequence[object]) -> list[object]:
    return sorted(items, key=choices.index) if all(item in choices for item in items) else items


def _choices(prop: Schema) -> Sequence[object]:
    """Return what the items of a list may be."""
    return tuple(prop["items"].get("enum", ()))


def is_allowed(prop: Schema, value: object) -> bool:
    """Return whether one property of a schema allows `value`."""
    try:
        msgspec.convert(value, _type_of(prop))
    except msgspec.ValidationError:
        return False
    if prop.get("uniqueItems") and isinstance(value, list) and _repeated(value):
        return False
    pattern = prop.get("pattern")
    return not (isinstance(pattern, str) and isinstance(value, str)) or is_matched(pattern, value)


def describe(prop: Schema) -> str:  # noqa: PLR0911  one a type
    """Return in words what one property allows, to follow "must be": "a whole number from 0 to 840,000".

    A pattern is left to the property's own description, where it has one.
    """
    if "enum" in prop:
        return "one of " + ", ".join(str(choice) for choice in prop["enum"])
    match type_of(prop):
        case "array":
            return _describe_list(prop)
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


def _describe_list(prop: Schema) -> str:
    if not _choices(prop):
        return f"a list, each {describe(prop['items'])}"
    listed = ", ".join(map(str, _choices(prop)))
    return f"a list of {_number_of_items(prop)} of {listed}" + (", each once" if prop.get("uniqueItems") else "")


def _number_of_items(prop: Schema) -> str:
    match prop.get("minItems", 0), prop.get("maxItems"):
        case 0 | 1, None:
            return "some"
        case least, None:
            return f"at least {least}"
        case 0, most:
            return f"at most {most}"
        case least, most:
            return f"{least} to {most}" if least != most else f"{least}"


def _fault_of_list(prop: Schema, value: object) -> str:
    """Return which item of a list is wrong, as the end of a sentence; nothing if it is the number of them."""
    if type_of(prop) != "array" or not isinstance(value, list):
        return ""
    for item in value:
        if not is_allowed(prop["items"], item):
            said = f'"{cut(str(item), LONGEST_SAID)}"' if isinstance(item, str | int | float) else "an item"
            return f"; {said} is none of them"
    repeated = _repeated(value) if prop.get("uniqueItems") else ()
    return f'; "{cut(repeated[0], LONGEST_SAID)}" is there twice' if repeated else ""


def _repeated(items: Sequence[object]) -> Sequence[str]:
    """Return the items, all of them allowed, that a list has more than once."""
    return [item for item, count in Counter(map(str, items)).items() if count > 1]


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
        case [*items]:
            return ", ".join(map(in_words, items)) or in_words(None)
        case _:
            return str(value)


def parse(prop: Schema, text: str) -> Any:  # noqa: ANN401  as wide as JSON
    """Read a value that was typed, on a command line or in a field, as the type the property has.

    A list is typed with commas between its items, or as JSON has it.

    Raises:
        ValueError: The text is no such value; the message follows "must be".
    """
    try:
        if type_of(prop) == "string":
            value: Any = {str(choice): choice for choice in prop.get("enum", ())}.get(text, text)
        elif type_of(prop) == "array":
            value = _parse_list(prop, text.strip())
        else:
            value = msgspec.json.decode(text.strip().encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise ValueError(describe(prop)) from error
    if not is_allowed(prop, value):
        raise ValueError(describe(prop) + _fault_of_list(prop, value))
    return value


def _parse_list(prop: Schema, text: str) -> Any:  # noqa: ANN401  whatever the JSON is
    """Read a list; a choice that has a comma itself is typed alone, or as JSON."""
    choices = {str(choice): choice for choice in _choices(prop)}
    if text in choices:
        return [choices[text]]
    if text.startswith("["):
        return msgspec.json.decode(text.encode())
    words = [word.strip() for word in text.split(",")] if text else []
    return [choices.get(word, word) for word in words]


def _type_of(prop: Schema) -> Any:  # noqa: ANN401, PLR0911  a type expression for msgspec, one a type
    if "enum" in prop:
        return Literal[tuple(prop["enum"])]
    match type_of(prop):
        case "array":
            items: Any = _type_of(prop["items"])
            return Annotated[list[items], Meta(min_length=prop.get("minItems"), max_length=prop.get("maxItems"))]
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
