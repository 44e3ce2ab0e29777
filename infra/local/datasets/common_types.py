"""One type for a column that files have with unlike types, and the proof that it keeps every value.

conversion ── `Source`s ──▶ **united** ──▶ a SELECT for DuckDB

DuckDB's own union makes a DOUBLE of int64 and uint64, and a FLOAT of int32 and FLOAT: other values, without a word.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from backend.formats.sql import quoted
from infra.local.errors import DataError

TEXT = "VARCHAR"
MOST_DIGITS = 38
"""Of a DECIMAL."""
INTEGER_DIGITS = {
    "TINYINT": 3,
    "SMALLINT": 5,
    "INTEGER": 10,
    "BIGINT": 19,
    "UTINYINT": 3,
    "USMALLINT": 5,
    "UINTEGER": 10,
}
UBIGINT_DIGITS = 20
FLOATS = ("FLOAT", "DOUBLE")
FINER_AND_FINEST = (("TIMESTAMP", "TIMESTAMP_NS"), ("TIME", "TIME_NS"))


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one or more files whose columns have the same types."""

    name: str
    """Of its first file."""
    rows: str
    """Their SELECT."""
    kinds: Mapping[str, str | None]
    """The type of each column; None for one without values, which fits any."""


def united(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> str:
    """Return the SELECT of the rows of all sources, which have the same columns in any order.

    Raises:
        DataError: Two sources have a column with types that none keeps; the message names both.
    """
    kinds = {name: _common(connection, sources, name) for name in sources[0].kinds}
    return " UNION ALL BY NAME ".join(_select(source, kinds) for source in sources)


def _select(source: Source, kinds: Mapping[str, str]) -> str:
    casts = ", ".join(
        quoted(name) if source.kinds[name] == kind else f"{quoted(name)}::{kind} AS {quoted(name)}"
        for name, kind in kinds.items()
    )
    return f"SELECT {casts} FROM ({source.rows})"  # noqa: S608  names are quoted


def _common(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], column: str) -> str:
    stated = {source.kinds[column] for source in sources}
    if len(stated) > 1:
        has_value = f"{quoted(column)} IS NOT NULL"
        sources = [source for source in sources if source.kinds[column] and _any(connection, source, has_value)]
    kinds = list(dict.fromkeys(kind for source in sources if (kind := source.kinds[column])))
    if not kinds:
        return next(filter(None, stated), TEXT)
    common = common_type(kinds)
    for source in sources:
        own = source.kinds[column]
        kept = f"TRY_CAST(TRY_CAST({quoted(column)} AS {common}) AS {own})"
        if common is None or (own != common and _any(connection, source, f"{kept} IS DISTINCT FROM {quoted(column)}")):
            other = next(each for each in sources if each.kinds[column] != own)
            unlike = f"{column} is {own} in {source.name}, and {other.kinds[column]} in {other.name}"
            raise DataError(f"{unlike}: no type keeps the values of both")
    return common or TEXT


def _any(connection: duckdb.DuckDBPyConnection, source: Source, condition: str) -> bool:
    found = connection.execute(f"SELECT 1 FROM ({source.rows}) WHERE {condition} LIMIT 1")  # noqa: S608  as above
    return found.fetchone() is not None


def common_type(kinds: Sequence[str]) -> str | None:
    """Return the type that may keep the values of all these, which are unlike; None if none can."""
    if len(kinds) == 1:
        return kinds[0]
    for finer, finest in FINER_AND_FINEST:
        if set(kinds) == {finer, finest}:
            return finest
    digits = {kind: _digits(kind) for kind in kinds}
    if any(kind in FLOATS for kind in kinds):
        return "DOUBLE" if all(kind in FLOATS or digits[kind] for kind in kinds) else None
    numbers = [each for each in digits.values() if each]
    if len(numbers) < len(kinds):
        return None
    if all(kind in INTEGER_DIGITS for kind in kinds):
        return "BIGINT"
    before, after = (max(each) for each in zip(*numbers, strict=True))
    return f"DECIMAL({min(before + after, MOST_DIGITS)},{after})"


def _digits(kind: str) -> tuple[int, int] | None:
    """Return the digits before and after the point of an exact number."""
    if kind in INTEGER_DIGITS:
        return INTEGER_DIGITS[kind], 0
    if kind == "UBIGINT":
        return UBIGINT_DIGITS, 0
    if decimal := re.fullmatch(r"DECIMAL\(([0-9]+),([0-9]+)\)", kind):
        precision, scale = map(int, decimal.groups())
        return precision - scale, scale
    return None
