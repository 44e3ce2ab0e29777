"""A report's SQL compiled for a distributed engine.

header, SQL, types of datasets ──▶ **compiled** ──▶ `Compiled`
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from backend.authoring.distributed import allowed
from backend.authoring.distributed.names import Tables, qualified
from backend.authoring.distributed.operand_types import Typing
from backend.authoring.distributed.reading import parsed, prove
from backend.authoring.distributed.readings import readings_of
from backend.authoring.distributed.selects import Selects
from backend.authoring.syntax import line_of, line_with, words_of
from backend.catalog.compiled import LARGEST_INTEGER, SMALLEST_INTEGER, Compiled, Kind, kind_of, source_key
from backend.catalog.header import Header, InvalidDefinition, find_line
from backend.catalog.query import ElsewhereColumn
from backend.formats.sql import quoted
from backend.protocol.parameters import Schema

_DUCKDB_TYPES: Mapping[Kind, str] = {
    "boolean": "BOOLEAN",
    "date": "DATE",
    "integer": "INTEGER",
    "number": "DOUBLE",
    "string": "VARCHAR",
    "integers": "INTEGER[]",
    "strings": "VARCHAR[]",
}
_EXAMPLES: Mapping[Kind, Any] = {
    "boolean": True,
    "date": date(2013, 1, 31),
    "integer": 1,
    "number": 1.5,
    "string": "x",
    "integers": [1],
    "strings": ["x"],
}


def compiled(header: Header, sql: str, text: str, tables: Tables) -> Compiled:
    """Return the query for a distributed engine.

    Args:
        header: The header of a report that is right otherwise.
        sql: Its SQL.
        text: The whole file, for the lines of errors.
        tables: DuckDB's types of all columns of the datasets.

    Raises:
        InvalidDefinition: It has something in it that is not known to be the same there, at that line.
    """
    if not header.order:
        reason = "a distributed engine has rows in any order: name columns in it that tell them apart"
        raise InvalidDefinition(find_line(text, ["order"]), reason)
    slots = {name: kind_of(prop) for name, prop in header.schema["properties"].items()}
    for name, prop in header.schema["properties"].items():
        _check_integers(name, prop, text)
    small = {name: {column.lower(): kind for column, kind in columns.items()} for name, columns in tables.items()}
    first = parsed(sql)
    allowed.check(first)
    prove(first)
    whole = qualified(first, small)
    allowed.check(whole)
    typing = Typing(whole, small, {name: _DUCKDB_TYPES[kind] for name, kind in slots.items()})
    lines = Selects(whole, typing).whole().split("\n")
    return Compiled(
        source=source_key(header, sql),
        columns=_columns(sql, tables, slots, [kind for _, kind in typing.outputs(whole.tree)]),
        slots=slots,
        readings=readings_of(whole.tree, small),
        text=tuple(lines),
    )


def _check_integers(name: str, prop: Schema, text: str) -> None:
    """Check that an integer has one type whatever its value."""
    if kind_of(prop) not in {"integer", "integers"}:
        return
    allowed_values = prop.get("items", prop).get("enum") or [prop.get("minimum"), prop.get("maximum")]
    if not all(each is not None and SMALLEST_INTEGER <= each <= LARGEST_INTEGER for each in allowed_values):
        reason = f"parameter {name}: give it a minimum and a maximum, no more than {LARGEST_INTEGER:,} from 0"
        raise InvalidDefinition(find_line(text, ["parameters", name]), reason)


def _columns(sql: str, tables: Tables, slots: Mapping[str, Kind], found: list[str]) -> tuple[ElsewhereColumn, ...]:
    """Return the columns as DuckDB describes them, which is the same whatever the values."""
    described = _described(sql, tables, {name: _EXAMPLES[kind] for name, kind in slots.items()})
    for columns in (described, _described(sql, tables, dict.fromkeys(slots))):
        for (title, kind), other in zip(columns, found, strict=True):
            if kind != other:
                reason = f'"{title}" is {kind} or {other}, by the values of parameters: cast it, as in $name::INTEGER'
                raise InvalidDefinition(line_with(sql, title), reason)
    return tuple(ElsewhereColumn(title=title, type=kind) for title, kind in described)


def _described(sql: str, tables: Tables, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    with duckdb.connect(":memory:") as connection:
        for table, columns in tables.items():
            listed = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns.items())
            connection.execute(f"CREATE VIEW {quoted(table)} AS SELECT {listed}")
        try:
            return [
                (name, kind)
                for name, kind, *_ in connection.execute(f"DESCRIBE {sql}", dict(values) or None).fetchall()
            ]
        except duckdb.Error as error:
            raise InvalidDefinition(line_of(error), words_of(error)) from error
