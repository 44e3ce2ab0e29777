"""The tables and parameters in a report's SQL, and that it reads nothing else.

checking ── `Syntax` ──▶ **inspect** ──▶ `Inspection`
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from backend.authoring.syntax import InvalidSql, Node, Syntax, bare, folded

ROW_MAKERS = frozenset({"generate_series", "json_each", "json_tree", "range", "repeat", "repeat_row", "unnest"})
"""Functions that make rows from their arguments alone; others read files, settings or the catalog."""
CLOCK_WORDS = frozenset({"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"})
"""Functions that are written like columns."""
UNDECLARED_CLOCKS = frozenset({"current_localtime", "current_localtimestamp"})
"""Functions that read the clock, and of which DuckDB does not say so."""
_FICKLE = """
    SELECT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT' AND function_name <> 'error'
    UNION
    SELECT function_name FROM duckdb_functions()
    WHERE function_type = 'macro' AND contains(macro_definition, 'current_timestamp')
"""
_FICKLE_REASON = "{} gives something else every time; use a parameter, for dates with a relative default"
OWN_SCHEMAS: tuple[list[str], ...] = ([], ["main"], ["memory"], ["memory", "main"])
"""Where DuckDB finds the datasets, as a name may say it."""
RECURRING = "recurring"
"""The schema in which a recursive table has all its rows so far."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Names in a SELECT, as they are written, each with the first line it is in."""

    tables: Mapping[str, int]
    """Those that are not named by WITH, without the schema of the datasets."""
    binds: Mapping[str, int]


def fickle_functions(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the functions that give something else every time, like `now` and `random`."""
    return frozenset(name for (name,) in connection.execute(_FICKLE).fetchall()) | UNDECLARED_CLOCKS


def inspect(syntax: Syntax, fickle: Collection[str]) -> Inspection:
    """Return what a SELECT refers to.

    Raises:
        InvalidSql: It reads something else than tables, or says something else every time.
    """
    nodes = syntax.nodes()
    for node in nodes:
        if reason := _fault(node, fickle):
            raise InvalidSql(_sample_line(syntax.sql) if node.get("sample") else syntax.line(node), reason)
    theirs = {id(node): name for node, name in _tables(syntax.root)}
    tables: dict[str, int] = {}
    binds: dict[str, int] = {}
    for node in nodes:
        if id(node) in theirs:
            tables.setdefault(theirs[id(node)], syntax.line(node))
        if node.get("type") == "VALUE_PARAMETER":
            binds.setdefault(node["identifier"], syntax.line(node))
    return Inspection(tables, binds)


def _sample_line(sql: str) -> int:
    """Return the line of the first sample: DuckDB's tree does not say its place."""
    found = re.search(r"\b(TABLESAMPLE|USING\s+SAMPLE)\b", bare(sql), re.IGNORECASE)
    return sql.count("\n", 0, found.start()) + 1 if found else 1


def _fault(node: Node, fickle: Collection[str]) -> str | None:
    name, reason = str(node.get("function_name", "")).lower(), None
    match node:
        case {"type": "TABLE_FUNCTION", "function": {"function_name": str(function)}}:
            if function.lower() not in ROW_MAKERS:
                reason = f"must not select from {function}(): a report reads datasets"
        case {"type": "SHOW_REF"}:
            reason = "must not describe or list tables: a report reads datasets"
        case {"sample": dict()}:
            reason = "a sample has other rows every time; take some by a key, as in WHERE hash(key) % 100 = 0"
        case {"type": "FUNCTION", "arguments": [*dates], "schema": schema} if name == "age" and _is_one(dates, schema):
            reason = "age with one date counts from today; give it two, the first from a parameter"
        case {"type": "COLUMN_REF", "column_names": [str(word)]} if word.lower() in CLOCK_WORDS:
            reason = _FICKLE_REASON.format(word.lower()) + "; a column of that name is written with its table"
        case _ if name in fickle:
            reason = _FICKLE_REASON.format(name)
    return reason


def _is_one(arguments: list[Node], schema: str) -> bool:
    """Return whether a function is called with one argument; in `day.age()` it stands where a schema would."""
    return len(arguments) + (schema not in {"", "main"}) == 1


def _tables(root: Node) -> Iterator[tuple[Node, str]]:
    """Yield the tables that are not named by WITH where they are read."""
    parts: list[tuple[Any, frozenset[str]]] = [(root, frozenset())]
    while parts:
        part, named = parts.pop()
        match part:
            case {"type": "BASE_TABLE", "qualified_name": {"path": [*path]}}:
                if name := _table_name(path, named):
                    yield part, name
            case {"cte_map": {"map": [*entries]}}:
                for entry in entries:
                    is_recursive = entry["value"]["query_node"]["type"] == "RECURSIVE_CTE_NODE"
                    later = named | {folded(entry["key"])}
                    parts.append((entry["value"], later if is_recursive else named))
                    named = later
                parts.extend((value, named) for key, value in part.items() if key != "cte_map")
            case dict():
                parts.extend((value, named) for value in part.values())
            case list():
                parts.extend((value, named) for value in part)
            case _:
                pass


def _table_name(path: list[str], named: frozenset[str]) -> str | None:
    """Return the name of a dataset, the whole path of another table, or None for what WITH names."""
    schema, name = [each.lower() for each in path[:-1]], path[-1]
    if folded(name) in named and schema in ([], [RECURRING]):
        return None
    return name if schema in OWN_SCHEMAS else ".".join(path)
