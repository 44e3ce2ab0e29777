"""CSV files as typed rows.

conversion ── files ──▶ **csv_files** ──▶ a SELECT for DuckDB

A file is UTF-8, names its columns in the first line, and quotes as in RFC 4180; the first line also shows its
delimiter. A column has a type if every cell, from the first row to the last, is a plain value of it: numbers without
leading zeros or thousands separators, dates and times in ISO 8601. Any other column is text, unchanged. DuckDB's own
detection is not used: it reads broken lines as a header or a comment, and 01/02/2024 as a date.
"""

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infra.local.errors import DataError

DELIMITERS = ",;\t|"
TEXT = "VARCHAR"
DECIMAL = "DECIMAL(18, 6)"
ZONE = "(Z|[-+][0-9]{2}(:?[0-9]{2})?)?"

PATTERNS: Mapping[str, str] = {
    "BOOLEAN": "(?i)true|false",
    "BIGINT": "-?(0|[1-9][0-9]{0,18})",
    DECIMAL: r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?",
    "DOUBLE": r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?([eE][-+]?[0-9]+)?",
    "DATE": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "TIMESTAMP": rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?{ZONE}",
    "TIME": "[0-9]{2}:[0-9]{2}(:[0-9]{2})?",
}
"""The pattern of a cell of each type. A column gets the first type that matches all its cells; times with a zone become
UTC."""

SAMPLE_ROWS = 1_000
"""Types that the first rows rule out are not tried on all the others."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a file."""

    delimiter: str
    columns: tuple[str, ...]


def read_header(file: Path) -> Header:
    """Return the first line of a file.

    Raises:
        DataError: There is none to be read, or it names a column twice.
    """
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as text:
            unquoted = re.sub('"[^"]*"', "", text.readline())
            delimiter = max(DELIMITERS, key=unquoted.count)
            text.seek(0)
            columns = next(csv.reader(text, delimiter=delimiter), [])
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8") from error
    except (OSError, EOFError, csv.Error) as error:
        raise DataError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not columns:
        raise DataError(f"{file} is empty")
    columns = [name.strip() for name in columns]
    if "" in columns:
        raise DataError(f"{file} has no name for column {columns.index('') + 1} in its first line")
    folded = [name.casefold() for name in columns]  # as SQL tells names apart
    for name in columns:
        if folded.count(name.casefold()) > 1:
            raise DataError(f"{file} has two columns named {name}")
    return Header(delimiter, tuple(columns))


def typed_rows(connection: duckdb.DuckDBPyConnection, headers: Mapping[Path, Header]) -> str:
    """Return the SELECT of the rows of all files, which have the same columns in any order.

    Raises:
        duckdb.Error: A line is broken.
    """
    rows = " UNION ALL BY NAME ".join(_rows(file, header) for file, header in headers.items())
    columns = next(iter(headers.values())).columns
    casts = (_cast(connection, rows, name, kind) for name, kind in _types(connection, rows, columns).items())
    return f"SELECT {', '.join(casts)} FROM ({rows})"  # noqa: S608  names and values are quoted


def _types(connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[str]) -> dict[str, str]:
    possible = _suitable(connection, f"{rows} LIMIT {SAMPLE_ROWS}", dict.fromkeys(columns, tuple(PATTERNS)))
    found: dict[str, str] = {}
    while len(found) < len(columns):
        asked = {name: kinds[:1] for name, kinds in possible.items() if name not in found}
        suitable = _suitable(connection, rows, asked)
        found |= {name: (*kinds, TEXT)[0] for name, kinds in suitable.items() if kinds or not asked[name]}
        possible = {name: kinds[1:] for name, kinds in possible.items()}
    return {name: found[name] for name in columns}


def _rows(file: Path, header: Header) -> str:
    columns = ", ".join(f"{quoted(name)}: '{TEXT}'" for name in header.columns)
    return (
        f"FROM read_csv({quoted(unpatterned(file))}, auto_detect = false, header = true, delim = '{header.delimiter}', "
        f"""quote = '"', escape = '"', columns = {{{columns}}})"""
    )


def _suitable(
    connection: duckdb.DuckDBPyConnection, rows: str, possible: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return the possible types that match every cell of each column; none for a column without cells."""
    asked = [(name, kind) for name, kinds in possible.items() for kind in kinds]
    tests = ", ".join([*(_test(name, kind) for name, kind in asked), "count(COLUMNS(*))"])
    tested = connection.execute(f"SELECT {tests} FROM ({rows})").fetchall()  # noqa: S608  as above
    answers = dict(zip(asked, tested[0], strict=False))
    return {name: tuple(kind for kind in kinds if answers[name, kind]) for name, kinds in possible.items()}


def _test(name: str, kind: str) -> str:
    column = identifier(name)
    cell = f"trim({column})"
    is_plain = f"regexp_full_match({cell}, {quoted(PATTERNS[kind])}) AND TRY_CAST({cell} AS {kind}) IS NOT NULL"
    return f"bool_and({is_plain}) FILTER ({column} IS NOT NULL)"


def _cast(connection: duckdb.DuckDBPyConnection, rows: str, name: str, kind: str) -> str:
    column = identifier(name)
    if kind == TEXT:
        return column
    if kind == DECIMAL:
        scale = f"SELECT max(length(split_part(trim({column}), '.', 2))) FROM ({rows})"  # noqa: S608  as above
        kind = f"DECIMAL(18, {connection.execute(scale).fetchall()[0][0]})"
    if kind == "TIMESTAMP":
        # Straight to TIMESTAMP, the zone would be dropped; the session's own zone is UTC.
        return f"trim({column})::TIMESTAMPTZ AT TIME ZONE 'UTC' AS {column}"
    return f"trim({column})::{kind} AS {column}"


def unpatterned(file: Path) -> str:
    """Return a file name in which DuckDB finds no pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a column's name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'
