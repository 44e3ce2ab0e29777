"""Lines made by SQL and written by DuckDB without a change.

csv, xlsx ── one text a row ──▶ **copy_lines** ──▶ engine

DuckDB's own CSV writer examines each byte of each cell for quotes and writes cell by cell. A row that is one text costs
it next to nothing.
"""

from backend.formats.sql import literal

_RAW = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', FORCE_QUOTE *, DELIMITER '\x1f', COMPRESSION none"
"""No line contains the delimiter. Forcing quotes, with an empty quote character, skips the search for characters to
quote."""


def copy_lines(selected: str, target: str, *, new_line: str = "\\n") -> str:
    """Return the COPY of a SELECT of one column of text; `new_line` is as DuckDB spells it."""
    return f"COPY ({selected}) TO {literal(target)} ({_RAW}, NEW_LINE '{new_line}', USE_TMP_FILE false)"


def text_of(value: str, duckdb_type: str) -> str:
    """Return the expression of the value's text.

    A DOUBLE is written by `to_json` if JSON can hold it: the same digits as by a cast, faster.
    """
    if duckdb_type == "VARCHAR":
        return value
    cast = f"CAST({value} AS VARCHAR)"
    json = f"CAST(to_json({value}) AS VARCHAR)"
    return f"CASE WHEN isfinite({value}) THEN {json} ELSE {cast} END" if duckdb_type == "DOUBLE" else cast
