"""Values for parameters where nobody has given any.

schema ──▶ **examples** ──▶ checking, validating
"""

from collections.abc import Iterator
from typing import Any

from backend.protocol.parameters import Schema


def lists(prop: Schema) -> Iterator[list[Any]]:
    """Yield the shortest list and the longest."""
    if prop["type"] == "array":
        choices = prop["items"]["enum"]
        yield from (choices[: prop.get("minItems", 1)], choices[: prop.get("maxItems")])


def examples(schema: Schema) -> dict[str, Any]:
    """Return a value for each parameter that an analyst has to give."""
    return {name: example(schema["properties"][name]) for name in schema.get("required", ())}


def example(prop: Schema) -> object:  # noqa: PLR0911  one a type
    """Return a value of a parameter: its default, the first of its choices, or one like any other."""
    match prop:
        case {"default": default}:
            return default
        case {"enum": [first, *_]}:
            return first
        case {"type": "array"}:
            return next(lists(prop))
        case {"type": "boolean"}:
            return False
        case {"type": "string", "format": "date"}:
            return "2013-01-01"
        case {"type": "string"}:
            return ""
        case _:
            return prop.get("minimum", prop.get("maximum", 0))
