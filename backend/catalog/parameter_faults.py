"""Faults in a report's parameters that their types leave room for: bounds that cross, a default that is not allowed.

header ── schema ──▶ **faults_of** ── place, reason ──▶ `InvalidDefinition`
"""

import math
import re
from collections.abc import Iterator, Mapping

from backend.catalog.relative_dates import RELATIVE_DATES
from backend.protocol.parameters import Schema, describe, is_allowed
from backend.protocol.patterns import LONGEST_TEXT, fault_of
from backend.protocol.ranges import MARK

_BOUNDS = {
    "string": {"format", "minLength", "maxLength", "pattern"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "boolean": set[str](),
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
}
"""Keys that a type of parameter may have besides those that all have."""


def faults_of(schema: Schema) -> Iterator[tuple[str, str, str]]:
    """Yield the name of a parameter, its key, and what is wrong with that; a later fault may follow from the first."""
    for name, prop in schema["properties"].items():
        yield from ((name, key, reason) for key, reason in _faults(prop))
    yield from ((name, MARK, reason) for name, reason in _faults_of_ranges(schema["properties"]))


def _faults_of_ranges(properties: Mapping[str, Schema]) -> Iterator[tuple[str, str]]:
    """Yield the faults of marked ranges, by the parameter that has the mark."""
    ended: set[str] = set()
    for name, prop in properties.items():
        end = prop.get(MARK)
        if end is None:
            continue
        if end == name or end not in properties:
            others = ", ".join(other for other in properties if other != name) or "none"
            yield name, f"{MARK} names another parameter, and there is: {others}"
        elif not prop.get("format") == properties[end].get("format") == "date":
            yield name, f"{MARK} is for two dates"
        elif MARK in properties[end] or end in ended:
            yield name, f"{MARK} names {end}, which is in another range"
        ended.add(end)


def _faults(prop: Schema) -> Iterator[tuple[str, str]]:
    """Yield the faults of a parameter, by key."""
    if prop["type"] == "array":
        yield from _faults_of_list(prop)
    kind = {"string": str, "integer": int}.get(prop["type"])
    if not (kind and all(type(choice) is kind for choice in prop.get("enum", ()))) and "enum" in prop:
        yield "enum", f"the choices are not all of type {prop['type']}"
    if "enum" in prop and "format" in prop:
        yield "enum", f"a {prop['format']} cannot be a choice"
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
        if low in prop and high in prop and prop[low] > prop[high]:
            yield low, f"{low} is above {high}"
    for key in sorted(set().union(*_BOUNDS.values()) & prop.keys()):
        yield from _wrong_bound(prop["type"], key, prop[key])
    if "pattern" in prop and prop.get("maxLength", LONGEST_TEXT + 1) > LONGEST_TEXT:
        yield "pattern", f"a pattern goes with a maxLength, of at most {LONGEST_TEXT}"
    if "default" in prop:
        yield from _wrong_default(prop)


def _faults_of_list(prop: Schema) -> Iterator[tuple[str, str]]:
    for key in ("enum", "format"):
        if key in prop:
            yield key, f"there is no {key} of type array: choices stand in items"
    if "items" not in prop:
        yield "type", 'an array says of what: items = { type = "string", enum = […] }'
        return
    items = prop["items"]
    choices = items["enum"]
    yield from (("items", reason) for _, reason in _faults(items))
    for choice in (choice for n, choice in enumerate(choices) if choice in choices[:n]):
        yield "items", f"the choice {choice} is there twice"
    if not prop["uniqueItems"]:
        yield "uniqueItems", "a choice is there once: leave uniqueItems out"
    for key in ("minItems", "maxItems"):
        if prop.get(key, 1) > len(choices):
            yield key, f"{key} is above the number of choices, {len(choices)}"
    if prop.get("minItems", 1) > prop.get("maxItems", len(choices)):
        yield "minItems", "minItems is above maxItems"
    if prop.get("default") == []:
        yield "default", "an empty list is as none: leave the default out"


def _wrong_bound(kind: str, key: str, bound: object) -> Iterator[tuple[str, str]]:
    if key not in _BOUNDS[kind]:
        yield key, f"there is no {key} of type {kind}"
    if key == "pattern" and (reason := fault_of(str(bound))):
        yield key, f"this pattern cannot be used: {reason}"
    if kind == "array":
        return
    try:
        is_allowed({"type": kind, key: bound}, None)
    except (TypeError, ValueError, re.error) as error:
        yield key, f"this {key} cannot be used: {error}"


def _is_endless(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _wrong_default(prop: Schema) -> Iterator[tuple[str, str]]:
    match prop["default"]:
        case {"relative": str(name), **rest} if not rest and prop.get("format") == "date":
            if name not in RELATIVE_DATES:
                yield "default", f"there is no {name!r}; there is: {', '.join(RELATIVE_DATES)}"
        case default if not is_allowed(prop, default) or _is_endless(default):
            relative = ', or { relative = "…" }' if prop.get("format") == "date" else ""
            yield "default", f"the default must be {describe(prop)}{relative}"
