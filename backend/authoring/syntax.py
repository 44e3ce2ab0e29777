"""A SELECT as the tree that DuckDB's own parser makes of it.

checking ── SQL ──▶ **tree_of** ── `Syntax` ──▶ inspection, suspects
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import duckdb

from backend.formats.sql import literal, quoted

Node = dict[str, Any]
DEEPEST = 20_000


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
    pivot = re.search(r"\bPIVOT\b", bare(sql), re.IGNORECASE)
    advice = "; a PIVOT is one if it says which columns it makes, as in ON origin IN ('EWR', 'JFK')" if pivot else ""
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise InvalidSql(1, f"must be exactly one SELECT{advice}")
    ((tree,),) = connection.execute(f"SELECT json_serialize_sql({literal(sql)})").fetchall()
    with _deep():
        parsed = json.loads(tree)
    if parsed["error"]:
        raise InvalidSql(1, f"must be exactly one SELECT{advice or ': ' + parsed['error_message']}")
    return Syntax(sql, parsed["statements"][0]["node"])


def bare(sql: str) -> str:
    """Return SQL without what its comments and strings say; everything else keeps its place."""
    text = bytearray(sql.encode())
    for (start, kind), (end, _) in pairwise([*duckdb.tokenize(sql), (len(text), None)]):
        if kind in {duckdb.token_type.comment, duckdb.token_type.string_const}:
            text[start:end] = re.sub(rb"[^\n]", b" ", text[start:end])
    return text.decode()


def line_with(sql: str, name: str) -> int:
    """Return the first line that a column's name is in, as itself and not within another word; or the first."""
    text = bare(sql)
    found = re.search(re.escape(quoted(name)), text) or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def folded(name: str) -> str:
    """Return what names have in common that are one to DuckDB: it takes no letters but those of ASCII together."""
    return name.encode().lower().decode()


@contextmanager
def _deep() -> Iterator[None]:
    """Allow for a tree as deep as the deepest expression that DuckDB takes, of 1,000 levels with some of JSON each."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def line_of(error: duckdb.Error) -> int:
    """Return the line an error points to, or the first."""
    found = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
    return int(found[1]) if found else 1


def words_of(error: duckdb.Error) -> str:
    """Return what DuckDB says, with the names it proposes, without the functions it knows and the line it quotes."""
    return " ".join(str(error).strip().partition("\n\n")[0].partition("Candidate functions:")[0].split())


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
