"""A SELECT as the tree that DuckDB's own parser makes of it.

checking ── SQL ──▶ **tree_of** ── `Syntax` ──▶ inspection, suspects
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from backend.formats.sql import literal

Node = dict[str, Any]


class InvalidSql(ValueError):
    """The text is no report's SQL; tells the line, from 1, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Syntax:
    """One SELECT."""

    sql: str
    root: Node

    def line(self, node: Node) -> int:
        """Return the line, from 1, in which a node begins, or the first."""
        return self.sql.encode()[: _place(node)].count(b"\n") + 1

    def nodes(self, part: Node | None = None) -> list[Node]:
        """Return the nodes of a part, else of all, in the order of the text."""
        return sorted(_nodes(self.root if part is None else part), key=_place)


def tree_of(connection: duckdb.DuckDBPyConnection, sql: str) -> Syntax:
    """Return the tree of a SELECT.

    Raises:
        InvalidSql: It is not exactly one SELECT.
    """
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise InvalidSql(line_of(error), words_of(error)) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise InvalidSql(1, "must be exactly one SELECT")
    ((tree,),) = connection.execute(f"SELECT json_serialize_sql({literal(sql)})").fetchall()
    try:
        parsed = json.loads(tree)
    except RecursionError as error:
        raise InvalidSql(1, "is nested too deep to be checked: give parts of it names, by WITH") from error
    if parsed["error"]:
        raise InvalidSql(1, f"must be exactly one SELECT: {parsed['error_message']}")
    return Syntax(sql, parsed["statements"][0]["node"])


def line_of(error: duckdb.Error) -> int:
    """Return the line an error points to, or the first."""
    found = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
    return int(found[1]) if found else 1


def words_of(error: duckdb.Error) -> str:
    """Return what DuckDB says, with the names it proposes, without the line it quotes."""
    return " ".join(str(error).strip().partition("\n\n")[0].split())


def _place(node: Node) -> int:
    """Return how many bytes come before a node; those that the parser made up come first."""
    place = node.get("query_location")
    return place if isinstance(place, int) and place < 2**63 else 0


def _nodes(part: Node) -> Iterator[Node]:
    open_parts: list[object] = [part]
    while open_parts:
        match open_parts.pop():
            case dict() as node:
                yield node
                open_parts.extend(node.values())
            case list() as parts:
                open_parts.extend(parts)
            case _:
                pass
