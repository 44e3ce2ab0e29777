"""A report's query as text for a distributed engine, Trino or Athena, with slots for the values of its parameters.

authoring ── `Compiled` ──▶ compiled/*.json, beside the report's SQL file ──▶ **read** ──▶ **filled** ──▶ the engine
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any, Literal

import msgspec
from msgspec import Struct

from backend.catalog.header import Header
from backend.catalog.query import ElsewhereColumn
from backend.protocol.parameters import Schema

Kind = Literal["boolean", "date", "integer", "number", "string", "integers", "strings"]
"""The kind of value that a slot takes, besides none at all."""
TRINO_TYPES: Mapping[Kind, str] = {
    "boolean": "BOOLEAN",
    "date": "DATE",
    "integer": "INTEGER",
    "number": "DOUBLE",
    "string": "VARCHAR",
    "integers": "ARRAY(INTEGER)",
    "strings": "ARRAY(VARCHAR)",
}
SMALLEST_INTEGER, LARGEST_INTEGER = -(2**31), 2**31 - 1
"""Of an INTEGER: a larger one has another type in DuckDB, and so may have what is made from it."""
FOLDER = "compiled"


class WrongValue(ValueError):
    """A slot does not take this value."""


class Condition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A comparison of a column with a constant that every row meets that matters: partitions may be left out by it."""

    column: str
    operator: Literal["=", "<", "<=", ">", ">=", "in"]
    parameter: str | None = None
    """The name of the parameter that it is compared with; if its value is none, there is no condition."""
    value: str | None = None
    """The constant, in DuckDB's SQL, where it is no parameter."""


class Reading(Struct, frozen=True, kw_only=True):
    """One place in which a dataset is read."""

    dataset: str
    columns: Mapping[str, str]
    """Those that are read, with DuckDB's types of them: the text is right for these types alone."""
    conditions: tuple[Condition, ...]


class Compiled(Struct, frozen=True, kw_only=True):
    """A query for a distributed engine."""

    source: str
    """`source_key` of the report that it was made from."""
    columns: tuple[ElsewhereColumn, ...]
    slots: Mapping[str, Kind]
    readings: tuple[Reading, ...]
    text: tuple[str, ...]
    """The lines. A slot is `${name}`, and `$$` a dollar sign."""

    def filled(self, values: Mapping[str, Any]) -> str:
        """Return the text with values, as `sql_file.binds` returns them, in its slots.

        Raises:
            WrongValue: A value is missing, or is none of its slot.
        """
        missing = self.slots.keys() - values.keys()
        if missing:
            raise WrongValue(f"there is no value for {', '.join(sorted(missing))}")
        literals = {name: literal(kind, values[name]) for name, kind in self.slots.items()}
        return Template("\n".join(self.text)).substitute(literals)


def place_of(file: Path) -> Path:
    """Return where the compiled text of a report's SQL file is."""
    return file.parent / FOLDER / f"{file.stem}.json"


def read(data: bytes) -> Compiled:
    """Return what `written` wrote.

    Raises:
        msgspec.ValidationError: The data is something else.
    """
    return msgspec.json.decode(data, type=Compiled)


def written(compiled: Compiled) -> bytes:
    """Return the contents of its file."""
    return msgspec.json.format(msgspec.json.encode(compiled), indent=2) + b"\n"


def source_key(header: Header, sql: str) -> str:
    """Return a key of all in a report that its compiled text depends on."""
    parts = msgspec.json.encode([sql.strip(), header.datasets, header.order, header.schema], order="deterministic")
    return hashlib.sha256(parts).hexdigest()[:16]


def kind_of(prop: Schema) -> Kind:
    """Return the kind of a parameter's values, from its schema."""
    match prop:
        case {"type": "array", "items": {"type": "integer"}}:
            return "integers"
        case {"type": "array"}:
            return "strings"
        case {"type": "string", "format": "date"}:
            return "date"
        case {"type": "boolean" | "integer" | "number" | "string" as kind}:
            found: Kind = kind
            return found
    raise AssertionError(prop)


def literal(kind: Kind, value: object) -> str:  # noqa: PLR0911  one a kind
    """Return a value as Trino's SQL, of exactly the type of its kind.

    Raises:
        WrongValue: It is no such value.
    """
    match kind, value:
        case _, None:
            return f"CAST(NULL AS {TRINO_TYPES[kind]})"
        case "boolean", bool():
            return "TRUE" if value else "FALSE"
        case "date", date():
            return f"DATE '{value.isoformat()}'"
        case "integer", int() if not isinstance(value, bool) and SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
            return integer(value)
        case "number", int() | float() | Decimal() if not isinstance(value, bool) and float(value) - float(value) == 0:
            return f"DOUBLE '{float(value)!r}'"
        case "string", str():
            return f"CAST({string(value)} AS VARCHAR)"
        case "integers" | "strings", list() | tuple():
            return _array(kind, value)
    raise WrongValue(f"{type(value).__name__} is no value for a slot of {kind}")


def _array(kind: Kind, values: Sequence[object]) -> str:
    of_each: Kind = "integer" if kind == "integers" else "string"
    if None in values:
        raise WrongValue("a list has no value at one place")
    return f"CAST(ARRAY[{', '.join(literal(of_each, value) for value in values)}] AS {TRINO_TYPES[kind]})"


def integer(value: int) -> str:
    """Return an integer as SQL, in brackets where it begins with a sign."""
    return str(value) if value >= 0 else f"({value})"


def string(value: str) -> str:
    """Return text as SQL.

    Raises:
        WrongValue: It has half of a surrogate pair, which no encoding has.
    """
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise WrongValue("half of a surrogate pair is no text")
    return "'" + value.replace("'", "''") + "'"
