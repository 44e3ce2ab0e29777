"""The kinds of values that files tell apart.

engine, formats ── DuckDB's type ──▶ **kind_of** ──▶ text, integer, decimal, number, boolean, date, time, timestamp
"""

import re

_KINDS = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
    "TIME_NS": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIMESTAMPTZ_NS": "timestamp",
    "FLOAT": "number",
    "DOUBLE": "number",
    "DECIMAL": "decimal",
} | dict.fromkeys(
    ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"],
    "integer",
)


ZONED = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
"""Timestamps that are instants, written in UTC."""


def kind_of(duckdb_type: str) -> str:
    """Return the kind; what has none of its own, like lists, is text."""
    if duckdb_type.endswith("]"):
        return "text"
    return _KINDS.get(re.split(r"[( ]", duckdb_type)[0], "text")
