"""One SELECT on both engines.

SELECT ──▶ **outcome** ──▶ the compiler, DuckDB, Trino ──▶ the same rows, or a refusal
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

import duckdb

from backend.authoring.distributed.compiling import compiled
from backend.authoring.distributed.names import Tables
from backend.authoring.distributed.trino_types import trino_type
from backend.catalog.compiled import Compiled
from backend.catalog.header import Header, InvalidDefinition
from tests.trino.server import QueryRefused, Trino

Result = Literal["equal", "different", "refused by the compiler", "fails in DuckDB", "fails in Trino", "fails in both"]


@dataclass(frozen=True, slots=True)
class Engines:
    """Both, with the same datasets."""

    trino: Trino
    duckdb: duckdb.DuckDBPyConnection
    tables: Tables


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a SELECT."""

    result: Result
    detail: str = ""


def rows_of_trino(
    trino: Trino, query: Compiled, binds: Mapping[str, Any], order: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return the rows in the report's order, each cell as the type that DuckDB has for it.

    The types in Trino are those that the compiler is to give.
    """
    titles = [column.title for column in query.columns]
    places = ", ".join(f"{titles.index(title) + 1}" for title in order)
    types, rows = trino.answer(f"{query.filled(binds)}\nORDER BY {places}")
    for kind, column in zip(types, query.columns, strict=True):
        wanted = "VARCHAR" if column.type == "TIME" else trino_type(column.type) or ""
        found = re.sub(r"^varchar\(\d+\)", "varchar", kind)
        assert found.upper().replace(" ", "") == wanted.replace(" ", ""), (kind, wanted)
    return [tuple(map(_cell, row, query.columns)) for row in rows]


def _cell(cell: Any, column: Any) -> Any:
    if cell is not None and column.type == "TIME":
        return time.fromisoformat(cell)
    return int(cell) if cell is not None and column.type == "HUGEINT" else cell


def rows_of_duckdb(
    connection: duckdb.DuckDBPyConnection, sql: str, binds: Mapping[str, Any], order: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return the rows in the report's order."""
    listed = ", ".join(f'"{title}"' for title in order)
    return connection.execute(f"SELECT * FROM ({sql}\n) ORDER BY {listed}", dict(binds) or None).fetchall()


def exact(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows in which values that are equal but not the same differ: 1 and 1.0, 0.0 and -0.0."""
    return [tuple((type(cell), repr(cell)) for cell in row) for row in rows]


def outcome(engines: Engines, header: Header, sql: str, binds: Mapping[str, Any]) -> Outcome:
    """Run a SELECT on both, if it can be compiled."""
    try:
        query = compiled(header, sql, sql, engines.tables)
    except InvalidDefinition as error:
        return Outcome("refused by the compiler", error.reason)
    try:
        theirs, trouble = rows_of_trino(engines.trino, query, binds, header.order), ""
    except QueryRefused as error:
        theirs, trouble = [], str(error)
    try:
        ours = rows_of_duckdb(engines.duckdb, sql, binds, header.order)
    except duckdb.Error as error:
        return Outcome("fails in both" if trouble else "fails in DuckDB", str(error))
    if trouble:
        return Outcome("fails in Trino", trouble)
    if exact(ours) == exact(theirs):
        return Outcome("equal")
    pair = next(
        (pair for pair in zip(exact(ours), exact(theirs), strict=False) if pair[0] != pair[1]), (len(ours), len(theirs))
    )
    return Outcome("different", f"{pair[0]} {pair[1]}\n" + "\n".join(query.text))
