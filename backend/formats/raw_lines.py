"""Lines that SQL has made, written by DuckDB as they are.

csv, xlsx ── one text a row ──▶ **copy_lines** ──▶ engine

DuckDB's own writer of CSV looks at each byte of each cell for what may need quotes, and passes on cell by cell: a third
of the time of a mixed table. A row that is one text takes it a few nanoseconds.
"""

from backend.formats.sql import literal

_RAW = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', FORCE_QUOTE *, DELIMITER '\x1f', COMPRESSION none"
"""The delimiter is no part of any line; to force quotes, of which there are none, spares the search for them."""


def copy_lines(selected: str, target: str, *, new_line: str = "\\n") -> str:
    """Return the COPY of a SELECT of one column of text; `new_line` is as DuckDB spells it."""
    return f"COPY ({selected}) TO {literal(target)} ({_RAW}, NEW_LINE '{new_line}', USE_TMP_FILE false)"


def text_of(value: str, duckdb_type: str) -> str:
    """Return the expression for the value's text.

    That of a DOUBLE is JSON's, if JSON has it: the cast takes four times as long for the same digits.
    """
    if duckdb_type == "VARCHAR":
        return value
    cast = f"CAST({value} AS VARCHAR)"
    json = f"CAST(to_json({value}) AS VARCHAR)"
    return f"CASE WHEN isfinite({value}) THEN {json} ELSE {cast} END" if duckdb_type == "DOUBLE" else cast
