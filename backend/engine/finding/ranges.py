"""Conditions of a plan compared with the range of values that a column has in a file.

pruning ── condition, ranges ──▶ **may_be_true**
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from backend.engine.layout import INTEGERS, TEXT, Value

_FLIPPED = {
    "COMPARE_LESSTHAN": "COMPARE_GREATERTHAN",
    "COMPARE_GREATERTHAN": "COMPARE_LESSTHAN",
    "COMPARE_LESSTHANOREQUALTO": "COMPARE_GREATERTHANOREQUALTO",
    "COMPARE_GREATERTHANOREQUALTO": "COMPARE_LESSTHANOREQUALTO",
}
"""Comparisons with their sides exchanged."""


@dataclass(frozen=True, slots=True)
class Range:
    """The values of a column in a file: from the least to the greatest, or NULL alone."""

    type: str
    """DuckDB's name."""
    least: Any
    """An int, a str, a date or a datetime, by the type; None for NULL alone."""
    greatest: Any

    @classmethod
    def of(cls, kind: str, least: Value, greatest: Value) -> "Range":
        """Return the range of a column of that type; days are whole days of its timestamps."""
        if kind == "TIMESTAMP" and isinstance(least, date) and isinstance(greatest, date):
            return cls(kind, datetime.combine(least, time.min), datetime.combine(greatest, time.max))
        return cls(kind, least, greatest)

    def may_meet(self, comparison: str, value: Any) -> bool:  # noqa: ANN401  as wide as its ends
        """Return whether a value of the range may compare so with another; True for a comparison that is unknown."""
        meets = _COMPARISONS.get(comparison)
        return meets is None or (self.least is not None and meets(self.least, self.greatest, value))


_COMPARISONS: Mapping[str, Callable[[Any, Any, Any], bool]] = {
    "COMPARE_EQUAL": lambda least, greatest, value: least <= value <= greatest,
    "COMPARE_NOT_DISTINCT_FROM": lambda least, greatest, value: least <= value <= greatest,
    "COMPARE_NOTEQUAL": lambda least, greatest, value: not least == value == greatest,
    "COMPARE_LESSTHAN": lambda least, _, value: least < value,
    "COMPARE_LESSTHANOREQUALTO": lambda least, _, value: least <= value,
    "COMPARE_GREATERTHAN": lambda _, greatest, value: greatest > value,
    "COMPARE_GREATERTHANOREQUALTO": lambda _, greatest, value: greatest >= value,
}
"""Of the least and the greatest with a value; NULL meets none of them."""


def may_be_true(condition: Mapping[str, Any], ranges: Mapping[str, Sequence[Range]]) -> bool:  # noqa: PLR0911  one a kind
    """Return whether a condition may hold for a row of a file; True if it is not understood.

    Args:
        condition: The tree that DuckDB's `json_serialize_sql` makes of it.
        ranges: What is known of the file's columns by name: each value is in all ranges of its column.
    """
    match condition:
        case {"type": "CONJUNCTION_AND", "children": children}:
            return all(may_be_true(each, ranges) for each in children)
        case {"type": "CONJUNCTION_OR", "children": children}:
            return any(may_be_true(each, ranges) for each in children)
        case {"type": "OPERATOR_IS_NULL", "children": [column]}:
            return all(each.least is None for each in _of(column, ranges))
        case {"type": "OPERATOR_IS_NOT_NULL", "children": [column]}:
            return all(each.least is not None for each in _of(column, ranges))
        case {"type": "COMPARE_IN", "children": [column, *values]}:
            return all(any(_meets(each, "COMPARE_EQUAL", value) for value in values) for each in _of(column, ranges))
        case {"class": "COMPARISON", "type": comparison, "left": left, "right": right}:
            flipped = _FLIPPED.get(comparison, comparison)
            return all(_meets(each, comparison, right) for each in _of(left, ranges)) and all(
                _meets(each, flipped, left) for each in _of(right, ranges)
            )
    return True


def _of(column: Mapping[str, Any], ranges: Mapping[str, Sequence[Range]]) -> Sequence[Range]:
    """Return the ranges of an expression; none if it is no column, or one of which nothing is known."""
    match column:
        case {"type": "COLUMN_REF", "column_names": [name]}:
            return ranges.get(name, ())
    return ()


def _meets(held: Range, comparison: str, tree: Mapping[str, Any]) -> bool:
    value = _constant(tree, held.type)
    return value is None or held.may_meet(comparison, value)


def _constant(tree: Mapping[str, Any], kind: str) -> int | str | date | None:
    """Return a constant of that type; None if it is anything else."""
    match tree:
        case {"type": "VALUE_CONSTANT", "literal": {"kind": "INTEGER", "text": text}} if kind in INTEGERS:
            return int(text)
        case {"type": "VALUE_CONSTANT", "literal": {"kind": "STRING", "text": text}} if kind == TEXT:
            return str(text)
        case {"type": "OPERATOR_CAST", "type_expr": {"type_name": name}, "child": {"literal": {"text": text}}} if (
            name == kind and kind in ("DATE", "TIMESTAMP")
        ):
            return _time(text, kind)
    return None


def _time(text: str, kind: str) -> date | None:
    """Return a date or a timestamp; None for one that Python has not, as infinity or a year before Christ."""
    try:
        return date.fromisoformat(text) if kind == "DATE" else datetime.fromisoformat(text)
    except ValueError:
        return None
