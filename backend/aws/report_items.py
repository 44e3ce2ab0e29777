"""Reports as DynamoDB items, and changes as update expressions.

`Report`, `Change` ──▶ **report_items** ──▶ report_table

Times are ISO 8601 text of one length, so that they sort by time; `expiresAt` is whole epoch seconds, which TTL
requires. Fields that no expression reads are JSON text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from backend.domain.report import Report
from backend.protocol.lifecycle import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from backend.domain.steps import Change, Condition

Item = dict[str, Any]
"""Attribute names to typed values, as the client takes and returns them."""

ATTRIBUTES = {field.name: field.encode_name for field in msgspec.structs.fields(Report)}
"""Fields of `Report` to attribute names."""

ACTIVE_OWNER = "activeOwner"
"""The owner once more, while the report has not ended; no field of `Report`, but the key of an index."""
_JSON_FIELDS = frozenset({"parameters", "format_options", "progress", "result", "error", "query"})
_JSON_ATTRIBUTES = frozenset(ATTRIBUTES[name] for name in _JSON_FIELDS)


def encode_report(report: Report) -> Item:
    """Return the item of a report; what is None or empty has no attribute."""
    values = {name: getattr(report, name) for name in ATTRIBUTES}
    item: Item = {ATTRIBUTES[name]: encode(name, value) for name, value in values.items() if not _is_absent(value)}
    return item if is_terminal(report.state) else item | {ACTIVE_OWNER: encode("owner", report.owner)}


def decode_report(item: Mapping[str, Any]) -> Report:
    """Return the report of an item."""
    return msgspec.convert({name: _decode(name, value) for name, value in item.items()}, Report, strict=False)


def encode(field: str, value: object) -> AttributeValueTypeDef:
    """Return the typed value of one field."""
    if field in _JSON_FIELDS:
        return {"S": msgspec.json.encode(value).decode()}
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case datetime():
            return _encode_time(field, value)
        case frozenset():
            return {"SS": sorted(value)}
        case _:
            return {"S": str(value)}


def _encode_time(field: str, value: datetime) -> AttributeValueTypeDef:
    if field == "expires_at":
        return {"N": str(int(value.timestamp()))}
    return {"S": value.astimezone(UTC).isoformat(timespec="microseconds")}


def _decode(attribute: str, value: Mapping[str, Any]) -> object:
    ((kind, content),) = value.items()
    if attribute in _JSON_ATTRIBUTES:
        return msgspec.json.decode(content)
    return int(content) if kind == "N" else content


def _is_absent(value: object) -> bool:
    return value is None or value == frozenset()


class Expression:
    """Collects the names and values that expressions refer to."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, AttributeValueTypeDef] = {}

    def name(self, field: str) -> str:
        """Return the placeholder of a field's attribute."""
        placeholder = f"#{ATTRIBUTES[field]}"
        self.names[placeholder] = ATTRIBUTES[field]
        return placeholder

    def value(self, field: str, value: object) -> str:
        """Return the placeholder of a value."""
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = encode(field, value)
        return placeholder

    def update(self, change: Change) -> str:
        """Return what the change writes."""
        sets, begins = {"state": change.state, **change.sets}, change.begins
        one = self.value("revision", 1)
        begun = [f"{self.name('state_revision')} = {self.name('revision')} + {one}"] if change.is_beginning else []
        clauses = {
            "SET": [
                *(f"{self.name(f)} = {self.value(f, v)}" for f, v in sets.items() if v is not None),
                *(f"{self.name(f)} = if_not_exists({self.name(f)}, {self.value(f, v)})" for f, v in begins.items()),
                *begun,
            ],
            "REMOVE": [
                *(self.name(f) for f, v in sets.items() if v is None),
                *([ACTIVE_OWNER] if is_terminal(change.state) else []),
            ],
            "ADD": [
                f"{self.name('revision')} {one}",
                *(f"{self.name(f)} {self.value(f, v)}" for f, v in change.adds.items()),
            ],
        }
        return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)

    def any_of(self, conditions: Iterable[Condition]) -> str:
        """Return the expression that one of the conditions is met; `steps.is_met` says the same."""
        return " OR ".join(f"({self._all_of(condition)})" for condition in conditions)

    def _all_of(self, condition: Condition) -> str:
        comparisons = (
            ("state", "=", condition.state),
            ("attempt", "=", condition.attempt),
            ("invocation", "=", condition.invocation),
            ("lease_until", "<", condition.lease_before),
            ("created_at", "<", condition.created_before),
        )
        parts = [f"{self.name(f)} {sign} {self.value(f, v)}" for f, sign, v in comparisons if v is not None]
        if condition.unawaited_at is not None:
            awaited, at = self.name("awaited_until"), self.value("awaited_until", condition.unawaited_at)
            parts.append(f"(attribute_not_exists({awaited}) OR {awaited} < {at})")
        return " AND ".join(parts)
