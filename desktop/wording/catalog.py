"""The catalog as lines of text.

catalog ── definitions ──▶ **describe_definition** ── lines ──▶ terminal
"""

import textwrap
from collections.abc import Iterable, Sequence

import msgspec

from backend.protocol.messages import DefinitionInfo
from backend.protocol.parameters import Schema, describe
from desktop.wording.formats import describe_option, options_of, say_value

LEAST_WIDTH = 20
"""Text is not folded narrower than this."""


def describe_definition(definition: DefinitionInfo, width: int | None) -> list[str]:
    """Return the lines about one report: its description, parameters and formats; folded at `width`, if given."""
    schema, formats = definition.parameters, definition.formats
    required = schema.get("required", ())
    properties = schema.get("properties", {}).items()
    flags = [(f"-p {name}=…", _parameter(prop, is_required=name in required)) for name, prop in properties]
    return [
        *_aligned([("", definition.description)], width),
        *_aligned([*flags, ("--format …", _choice(formats))], width),
    ]


def describe_options(formats: Iterable[str], width: int | None) -> list[str]:
    """Return the lines about the options of formats; folded at `width`, if given."""
    rows = [
        (f"--format-option {option}=…", f"for {name}: {_option(prop)}")
        for name in formats
        for option, prop in options_of(name).items()
    ]
    return _aligned(rows, width)


def _parameter(prop: Schema, *, is_required: bool) -> str:
    if "default" in prop:
        otherwise = f"{say_typed(prop['default'])} if left out"
    else:
        otherwise = "needed" if is_required else "may be left out"
    title = f"{prop['title']}: " if prop.get("title") else ""
    typed = ", with commas between" if prop.get("type") == "array" else ""
    return f"{title}{describe(prop)}{typed}; {otherwise}"


def _choice(formats: Sequence[str]) -> str:
    if len(formats) == 1:
        return f"{formats[0]} only"
    return f"one of {', '.join(formats)}; {formats[0]} if left out"


def _option(prop: Schema) -> str:
    default = say_value(prop["default"]).lower() if "enum" in prop else say_typed(prop["default"])
    return f"{describe_option(prop)}; {default} if left out"


def say_typed(value: object) -> str:
    """Return a value as it is typed after `-p`."""
    if isinstance(value, list):
        return ",".join(map(say_typed, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _aligned(rows: Sequence[tuple[str, str]], width: int | None) -> list[str]:
    """Put labels and texts in two columns; without a label the text begins where labels do."""
    column = max((len(label) for label, _ in rows), default=0) + 4
    lines = []
    for label, text in rows:
        first = f"  {label}".ljust(column if label else 0)
        folded = [text]
        if width:
            folded = textwrap.wrap(text, max(LEAST_WIDTH, width - len(first)), break_on_hyphens=False)
        lines += [(" " * len(first) if number else first) + part for number, part in enumerate(folded)]
    return lines
