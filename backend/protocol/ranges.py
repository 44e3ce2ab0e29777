"""Pairs of parameters that are the two ends of one range of dates.

definition ── schema ──▶ **with_ranges** ──▶ catalog          parameters, form ── schema ──▶ **ranges_of** ──▶ pairs

Two dates are a range if the first one's `rangeWith` names the second, or if their names differ in one word of `RANGES`:
`start` and `end`, `dateFrom` and `dateTo`, `first_day` and `last_day`. The service marks all of them in the schemas it
sends, so that clients need not know those words.
"""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

MARK = "rangeWith"
"""The key of a range's start; its value is the name of the end. Validators of JSON Schema ignore it."""
RANGES = {("from", "to"), ("start", "end"), ("first", "last"), ("since", "until"), ("after", "before")}


def ranges_of(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the start and the end of each range, by name.

    A parameter is in one range at most, and a mark counts more than a name.
    """
    dates = [name for name, prop in schema["properties"].items() if prop.get("format") == "date"]
    marked = [(name, schema["properties"][name].get(MARK)) for name in dates]
    pairs = _each_once([(start, end) for start, end in marked if end in dates and end != start])
    words = {name: _words(name) for name in dates if name not in chain.from_iterable(pairs)}
    named = [(start, end) for start in words for end in words if _is_range(words[start], words[end])]
    return [*pairs, *_each_once(named)]


def with_ranges(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema with every range marked."""
    marked = {start: {**schema["properties"][start], MARK: end} for start, end in ranges_of(schema)}
    return {**schema, "properties": {**schema["properties"], **marked}} if marked else schema


def _each_once(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs without those of which an earlier one has a part."""
    kept: dict[str, tuple[str, str]] = {}
    for pair in pairs:
        if kept.keys().isdisjoint(pair):
            kept |= dict.fromkeys(pair, pair)
    return list(dict.fromkeys(kept.values()))


def _is_range(start: list[str], end: list[str]) -> bool:
    unlike = [pair for pair in zip(start, end, strict=False) if pair[0] != pair[1]]
    return len(start) == len(end) and len(unlike) == 1 and unlike[0] in RANGES


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)]
