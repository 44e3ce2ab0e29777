"""One parameter set, and what of it a definition still allows. Pure: no I/O.

form, command line ──▶ **ParameterSet** ── definition ──▶ **fit** ──▶ `Fitted`
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from backend.protocol.formats import options_schema
from backend.protocol.messages import DefinitionInfo
from backend.protocol.parameters import Schema, crossed, describe, is_allowed
from desktop.keeping.errors import WrongName
from desktop.outside.sentence import Sentence

Plain = str | int | float | bool | list[str | int] | None
"""A value of any type that a schema of `backend.protocol.parameters` may have."""
LONGEST_NAME = 80
"""Characters of a set's name."""


class ParameterSet(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Parameters as they were given, without the defaults of the definition, and the format of the file."""

    parameters: dict[str, Plain] = {}
    format: str | None = None
    """None for the definition's first."""
    format_options: dict[str, Plain] = {}


class Misfit(Struct, frozen=True):
    """One part of a set that the definition does not allow any more."""

    place: str
    """By the names of the wire: `parameters.days`, `format`, `formatOptions.delimiter`."""
    reason: str
    """Follows the place in a sentence: "must be a whole number from 1 to 10"."""

    def __str__(self) -> str:
        """Return both as a clause."""
        return f"{self.place} {self.reason}"


class Fitted(Struct, frozen=True):
    """The part of a set that can be used, and what was left out of it."""

    usable: ParameterSet
    misfits: tuple[Misfit, ...] = ()


def fit(kept: ParameterSet, definition: DefinitionInfo) -> Fitted:
    """Return what of a set a definition allows, value by value, and name the rest.

    Options go with their format: without it they are left out and not named.
    """
    schema = {"properties": {}, **definition.parameters}
    parameters, misfits = _allowed(schema, kept.parameters, "parameters")
    parameters, ranges = _in_order(schema, parameters)
    misfits += ranges
    if kept.format is not None and kept.format not in definition.formats:
        misfits.append(Misfit("format", f"must be one of {', '.join(definition.formats)}"))
        return Fitted(ParameterSet(parameters=parameters), tuple(misfits))
    of_format = options_schema(kept.format or definition.formats[0])
    options, wrong = _allowed(of_format, kept.format_options, "formatOptions")
    usable = ParameterSet(parameters=parameters, format=kept.format, format_options=options)
    return Fitted(usable, (*misfits, *wrong))


def checked_name(text: str) -> str:
    """Return the name of a set, without the spaces around it.

    Raises:
        WrongName: It is empty, too long, or has characters that cannot be seen.
    """
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise WrongName(
            Sentence("The name of a parameter set is a line of 1 to {count} characters.", count=LONGEST_NAME)
        )
    return name


def _allowed(schema: Schema, values: Mapping[str, Plain], group: str) -> tuple[dict[str, Plain], list[Misfit]]:
    properties: Mapping[str, Any] = schema["properties"]
    allowed, misfits = {}, []
    for name, value in values.items():
        if name not in properties:
            misfits.append(Misfit(f"{group}.{name}", f"is unknown: there is {', '.join(properties) or 'nothing'}"))
        elif value is not None and not is_allowed(properties[name], value):
            misfits.append(Misfit(f"{group}.{name}", f"must be {describe(properties[name])}"))
        else:
            allowed[name] = value
    return allowed, misfits


def _in_order(schema: Schema, values: Mapping[str, Plain]) -> tuple[dict[str, Plain], list[Misfit]]:
    """Leave out the dates of ranges that end before they start, as a default that has moved on can make them."""
    wrong = crossed(schema, values)
    if not wrong:
        return dict(values), []
    dates = [name for name in values if schema["properties"][name].get("format") == "date"]
    misfits = [Misfit(f"parameters.{name}", wrong.get(name, "goes with a date that does not fit")) for name in dates]
    return {name: value for name, value in values.items() if name not in dates}, misfits
