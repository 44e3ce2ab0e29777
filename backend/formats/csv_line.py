"""The expression by which DuckDB writes a line of CSV.

columns ──▶ **lines_select** ──▶ csv ── COPY ──▶ DuckDB

Few cells need quotes or a guard, so the search for them uses `contains`, which is far cheaper than a regular
expression. The expression of a column is short, because DuckDB plans it again for each slice of the rows.
"""

import re
from collections.abc import Sequence

from backend.formats.file import Column
from backend.formats.raw_lines import text_of
from backend.formats.sql import literal, quoted
from backend.formats.value_types import kind_of

FULL_WIDTH_STARTS = ("\uff0b", "\uff0d", "\uff1d", "\uff20")
"""The twins of + - = @ in the order of their numbers."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", *FULL_WIDTH_STARTS)
"""A text that begins with one of these, and is no number, is written after an apostrophe. Source:
https://owasp.org/www-community/attacks/CSV_Injection; NUL is ours, as some readers drop it."""
FREE_TEXTS = ("VARCHAR", "ENUM", "BLOB", "UNION", "VARIANT", "JSON")
"""Types whose text may begin with anything; that of the others is made by DuckDB, and no formula."""
_NUMBER = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"
_FORMULA = rf"^[=+\-@\t\r\n\x00{''.join(FULL_WIDTH_STARTS)}]"


def lines_select(columns: Sequence[Column], delimiter: str, relation: str) -> str:
    """Return the SELECT of one text a row. NULL is written as nothing, an empty text as two quotes."""
    values = [f"{text_of(quoted(column.name), column.type)} AS c{n}" for n, column in enumerate(columns)]
    cells = [_cell(f"c{n}", column, delimiter) for n, column in enumerate(columns)]
    if len(cells) == 1:  # an empty line is no row to most readers
        cells = [f"coalesce({cells[0]}, '\"\"')"]
    line = f", {literal(delimiter)}, ".join(cells)
    return f"SELECT concat({line}) FROM (SELECT {', '.join(values)} FROM {relation})"  # noqa: S608  names are quoted


def guarded(name: str) -> str:
    """Return the name of a column as `lines_select` guards texts."""
    return f"'{name}" if name.startswith(FORMULA_STARTS) and not re.fullmatch(_NUMBER, name) else name


def _cell(value: str, column: Column, delimiter: str) -> str:
    """Return the expression of a cell; only text can need quotes or read as a formula."""
    if kind_of(column.type) != "text":
        return value
    searched = (literal(delimiter), "'\"'", "E'\\n'", "E'\\r'")
    needs_quotes = " OR ".join([*(f"contains({value}, {each})" for each in searched), f"{value} = ''"])
    if not _is_free(column.type):
        in_quotes = f"concat('\"', replace({value}, '\"', '\"\"'), '\"')"
        return f"CASE WHEN {needs_quotes} THEN {in_quotes} ELSE {value} END"
    is_number = f"regexp_full_match({value}, {literal(_NUMBER)})"
    guarded_text = f"CASE WHEN {is_number} THEN {value} ELSE regexp_replace({value}, {literal(_FORMULA)}, '''\\0') END"
    # What formulas begin with sorts before the letters, whatever the collation, and not among the digits; or it is of
    # full width, which sorts after all letters, or with its narrow twin.
    # Not `IN (…)`: of that DuckDB makes a join, and then rows come in any order.
    is_beyond_letters = f"({value} < 'A' OR {value} >= {literal(FULL_WIDTH_STARTS[0])})"
    may_be_formula = f"{is_beyond_letters} AND NOT {value} BETWEEN '0' AND ':'"
    content = f"CASE WHEN {is_beyond_letters} THEN {guarded_text} ELSE {value} END"
    in_quotes = f"concat('\"', replace({content}, '\"', '\"\"'), '\"')"
    return f"CASE WHEN {needs_quotes} THEN {in_quotes} WHEN {may_be_formula} THEN {guarded_text} ELSE {value} END"


def _is_free(duckdb_type: str) -> bool:
    return duckdb_type.startswith(FREE_TEXTS) and not duckdb_type.endswith("]")
