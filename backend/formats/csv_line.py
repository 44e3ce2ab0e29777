"""The expression by which DuckDB writes a line of CSV.

columns ──▶ **lines_select** ──▶ csv ── COPY ──▶ DuckDB

Few cells need quotes or a guard, so the search for them uses `contains`, which is far cheaper than a regular
expression. The expression of a column is short, because DuckDB plans it again for each slice of the rows.
"""

from collections.abc import Sequence

from backend.formats.file import Column
from backend.formats.raw_lines import text_of
from backend.formats.sql import literal, quoted
from backend.formats.value_types import kind_of

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins with one of these is written after an apostrophe. Source:
https://owasp.org/www-community/attacks/CSV_Injection."""
_FORMULA = r"'^[=+\-@\t\r]'"


def lines_select(columns: Sequence[Column], delimiter: str, relation: str) -> str:
    """Return the SELECT of one text a row. NULL is written as nothing, an empty text as two quotes."""
    values = [f"{text_of(quoted(column.name), column.type)} AS c{n}" for n, column in enumerate(columns)]
    cells = [_cell(f"c{n}", column, delimiter) for n, column in enumerate(columns)]
    if len(cells) == 1:  # an empty line is no row to most readers
        cells = [f"coalesce({cells[0]}, '\"\"')"]
    line = f", {literal(delimiter)}, ".join(cells)
    return f"SELECT concat({line}) FROM (SELECT {', '.join(values)} FROM {relation})"  # noqa: S608  names are quoted


def _cell(value: str, column: Column, delimiter: str) -> str:
    """Return the expression of a cell; only text can need quotes or read as a formula."""
    if kind_of(column.type) != "text":
        return value
    searched = (literal(delimiter), "'\"'", "E'\\n'", "E'\\r'")
    needs_quotes = " OR ".join([*(f"contains({value}, {each})" for each in searched), f"{value} = ''"])
    guarded = f"regexp_replace({value}, {_FORMULA}, '''\\0')"
    content = f"CASE WHEN {value} < 'A' THEN {guarded} ELSE {value} END"
    in_quotes = f"concat('\"', replace({content}, '\"', '\"\"'), '\"')"
    # What formulas begin with sorts before the letters, whatever the collation, and not among the digits.
    # Not `IN (…)`: of that DuckDB makes a join, and then rows come in any order.
    may_be_formula = f"{value} < 'A' AND NOT {value} BETWEEN '0' AND ':'"
    return f"CASE WHEN {needs_quotes} THEN {in_quotes} WHEN {may_be_formula} THEN {guarded} ELSE {value} END"
