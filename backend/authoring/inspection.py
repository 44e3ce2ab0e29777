"""The tables, parameters and functions in a report's SQL, found by DuckDB's own parser.

checking ── SQL ──▶ **inspect** ──▶ `Inspection`
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from backend.formats.sql import literal

ROW_MAKERS = frozenset({"range", "generate_series", "unnest", "repeat_row"})
"""Functions that make rows from their arguments alone; others read files, settings or the catalog."""


CLOCK_WORDS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
"""Functions that are written like columns."""
_FICKLE = (
    "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT' AND function_name <> 'error'"
)


class InvalidSql(ValueError):
    """The text is not one SELECT; tells the line, from 1, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Inspection:
    """Names in a SELECT."""

    tables: frozenset[str]
    binds: frozenset[str]
    functions: frozenset[str]
    """Those it selects from, other than `ROW_MAKERS`."""
    fickle: frozenset[str]
    """Functions it calls that return another value every time, like `now` and `random`."""


def inspect(sql: str) -> Inspection:
    """Return the names in a report's SQL.

    Raises:
        InvalidSql: It is not exactly one SELECT.
    """
    with duckdb.connect(":memory:") as connection:
        try:
            statements = connection.extract_statements(sql)
        except duckdb.Error as error:
            raise InvalidSql(line_of(error), words_of(error)) from error
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InvalidSql(1, "must be exactly one SELECT")
        fickle = {name for (name,) in connection.execute(_FICKLE).fetchall()} | CLOCK_WORDS
        ((tree,),) = connection.execute(f"SELECT json_serialize_sql({literal(sql)})").fetchall()
    parsed = json.loads(tree)
    if parsed["error"]:
        raise InvalidSql(1, f"must be exactly one SELECT: {parsed['error_message']}")
    return _inspect(list(_nodes(parsed["statements"])), fickle)


def _inspect(nodes: list[dict[str, Any]], fickle: set[str]) -> Inspection:
    named = {entry["key"] for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    tables = {".".join(node["qualified_name"]["path"]) for node in nodes if node.get("type") == "BASE_TABLE"}
    functions = {node["function"]["function_name"] for node in nodes if node.get("type") == "TABLE_FUNCTION"}
    binds = {node["identifier"] for node in nodes if node.get("type") == "VALUE_PARAMETER"}
    called = {node.get("function_name", "") for node in nodes} | {
        ".".join(node["column_names"]) for node in nodes if node.get("type") == "COLUMN_REF"
    } & CLOCK_WORDS
    return Inspection(
        tables=frozenset(tables - named),
        binds=frozenset(binds),
        functions=frozenset(functions) - ROW_MAKERS,
        fickle=frozenset(called & fickle),
    )


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    match tree:
        case dict():
            yield tree
            for value in tree.values():
                yield from _nodes(value)
        case list():
            for value in tree:
                yield from _nodes(value)


def line_of(error: duckdb.Error) -> int:
    """Return the line an error points to, or the first."""
    found = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
    return int(found[1]) if found else 1


def words_of(error: duckdb.Error) -> str:
    """Return the first line of what DuckDB says."""
    return str(error).strip().split("\n")[0]
