"""A SELECT as sqlglot's tree, proven to say what DuckDB reads.

SQL ──▶ **parsed** ──▶ `Parsed` ──▶ names, operand_types, selects
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from backend.catalog.header import InvalidDefinition

DIALECT = "duckdb"
SAME_FUNCTIONS: Mapping[str, str] = {
    "ceil": "ceiling",
    "char_length": "length",
    "character_length": "length",
    "datediff": "date_diff",
    "day_of_week": "dayofweek",
    "day_of_year": "dayofyear",
    "group_concat": "string_agg",
    "isodow": "dayofweekiso",
    "len": "length",
    "list_contains": "array_contains",
    "list_has": "array_contains",
    "listagg": "string_agg",
    "instr": "strpos",
    "position": "strpos",
    "substr": "substring",
}
"""Functions of DuckDB that are one under two names."""
_SAME_TYPES: Mapping[str, str] = {"TEXT": "VARCHAR"}
DATE_PARTS = frozenset({"year", "quarter", "month", "week", "day", "dow", "doy", "isodow", "hour", "minute", "second"})
"""Words that mean the same in small and in capital letters."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One SELECT."""

    sql: str
    tree: exp.Query

    def line(self, node: exp.Expr) -> int:
        """Return the line, from 1, that a node is in, as far as its tokens or those around it tell."""
        part: exp.Expr | None = node
        while part is not None:
            places = [place for each in part.walk() if (place := self._place(each)) is not None]
            if places:
                return self.sql.count("\n", 0, min(places)) + 1
            part = part.parent
        return 1

    def _place(self, node: exp.Expr) -> int | None:
        """Return where a token begins. Of a parameter sqlglot does not say so: it may be the only one of its name."""
        if isinstance(node, exp.Placeholder):
            found = [each.start() for each in re.finditer(rf"\${re.escape(node.name)}\b", self.sql)]
            return found[0] if len(found) == 1 else None
        place = node.meta.get("start")
        return place if isinstance(place, int) else None

    def refusal(self, node: exp.Expr, reason: str) -> InvalidDefinition:
        """Return an error that has the line."""
        return InvalidDefinition(self.line(node), reason)


def parsed(sql: str) -> Parsed:
    """Return the tree of a SELECT that DuckDB can read.

    Raises:
        InvalidDefinition: sqlglot cannot read it.
    """
    try:
        tree = sqlglot.parse_one(sql, read=DIALECT)
    except SqlglotError as error:
        line = next((each["line"] for each in getattr(error, "errors", ()) if each.get("line")), 1)
        raise InvalidDefinition(line, "is written in a way that only DuckDB reads: write it plainer") from error
    if not isinstance(tree, exp.Query):
        raise InvalidDefinition(1, "must be exactly one SELECT")
    return Parsed(sql, tree)


def prove(parsed: Parsed) -> None:
    """Check that the tree says to DuckDB what the text says.

    Raises:
        InvalidDefinition: sqlglot read something else.
    """
    with duckdb.connect(":memory:") as connection:
        meant, said = _meaning(connection, parsed.sql), _meaning(connection, sql_of(parsed.tree))
    if place := _difference(meant, said):
        line = parsed.sql.encode()[:place].count(b"\n") + 1
        raise InvalidDefinition(
            line,
            "is written in a way that only DuckDB reads: write it plainer, as CAST(x AS DATE), or INTERVAL 3 MONTH",
        )


def sql_of(tree: exp.Expr) -> str:
    """Return DuckDB's SQL of a tree."""
    return tree.sql(dialect=DIALECT, comments=False)


def _meaning(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:  # noqa: ANN401  JSON
    ((tree,),) = connection.execute("SELECT json_serialize_sql($sql)", {"sql": sql}).fetchall()
    return json.loads(tree)


def _difference(one: Any, other: Any, place: int = 1) -> int | None:  # noqa: ANN401  JSON
    """Return the place in the text, never 0, where two trees of DuckDB begin to differ."""
    one, other = _plain(one), _plain(other)
    match one, other:
        case dict(), dict():
            place = one.get("query_location", 0) or place
            keys = (one.keys() | other.keys()) - {"query_location", "query_location_length"}
            found = (_difference(one.get(key), other.get(key), place) for key in sorted(keys))
            return next(filter(None, found), None)
        case list(), list() if len(one) == len(other):
            return next(filter(None, (_difference(*pair, place) for pair in zip(one, other, strict=True))), None)
        case _:
            return None if one == other else place if place < 2**63 else 1


def _plain(part: Any) -> Any:  # noqa: ANN401, PLR0911  JSON; one a way
    """Return one way to write what DuckDB's tree writes in several."""
    match part:
        case {"type": "OPERATOR_NOT", "children": [{"type": "OPERATOR_IS_NULL"} as inner]}:
            return {**inner, "type": "OPERATOR_IS_NOT_NULL", "alias": part.get("alias", "")}
        case {"function_name": str(name)} if name.lower() in SAME_FUNCTIONS:
            same = SAME_FUNCTIONS[name.lower()]
            return {**part, "function_name": same, "qualified_name": {"path": [same]}}
        case {"type_name": str(name)} if (same := _SAME_TYPES.get(name.upper(), name.upper())) != name:
            return {**part, "type_name": same, "qualified_name": {"path": [same]}}
        case {
            "child": {"literal": {"kind": "STRING", "text": str(digits)} as literal},
            "type_expr": {"type_name": "DOUBLE"},
        } if digits.isdecimal():  # of an INTERVAL
            return {**part, "child": {**part["child"], "literal": {**literal, "kind": "INTEGER"}}}
        case {"null_order": "NULLS LAST"}:
            return {**part, "null_order": "ORDER_DEFAULT"}
        case str() if part.lower() in DATE_PARTS:
            return part.lower()
        case _:
            return part
