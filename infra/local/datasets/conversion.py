"""Somebody's own files as one Parquet file.

keeping ── CSV and Parquet files ──▶ **conversion** ──▶ DuckDB ──▶ Parquet
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from infra.local.datasets.csv_files import Header, quoted, read_header, typed_rows, unpatterned
from infra.local.errors import DataError

CSV_NAMES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
PARQUET_NAMES = (".parquet",)
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Shape:
    """The rows and columns of a dataset."""

    row_count: int
    columns: tuple[tuple[str, str], ...]
    """Names and types."""


def convert(files: Sequence[Path], target: Path) -> Shape:
    """Write the rows of all files to `target`: those of the CSV files first, each kind in the order given.

    Raises:
        DataError: A file is missing or broken, or has other columns than the first; the message names it.
    """
    _require_known_kinds(files)
    headers = {file: read_header(file) for file in files if _is_named(file, CSV_NAMES)}
    parquet = list(dict.fromkeys(file for file in files if _is_named(file, PARQUET_NAMES)))
    of_parquet = {file: tuple(name for name, _ in shape([file]).columns) for file in parquet}
    _require_same_columns({file: header.columns for file, header in headers.items()} | of_parquet)
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")  # the bar would stand on stdout
        try:
            rows = _rows(connection, headers, parquet)
            connection.execute(f"COPY ({rows}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as error:
            raise DataError(_reason(error)) from error
    return shape([target])


def shape(files: Sequence[Path]) -> Shape:
    """Return what the Parquet files of a dataset say of themselves.

    Raises:
        DataError: One of them is none, or not there.
    """
    names = [unpatterned(file) for file in files]
    with duckdb.connect() as connection:
        try:
            counted = connection.execute("SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata($1)", [names])
            ((row_count,),) = counted.fetchall()
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [names]).fetchall()
        except duckdb.Error as error:
            raise DataError(_reason(error)) from error
    return Shape(row_count, tuple((name, kind) for name, kind, *_ in described))


def _rows(connection: duckdb.DuckDBPyConnection, headers: Mapping[Path, Header], parquet: Sequence[Path]) -> str:
    kinds = []
    if headers:
        kinds.append(typed_rows(connection, headers))
    if parquet:
        names = ", ".join(quoted(unpatterned(file)) for file in parquet)
        kinds.append(f"FROM read_parquet([{names}], union_by_name = true)")
    return " UNION ALL BY NAME ".join(kinds)


def _require_known_kinds(files: Iterable[Path]) -> None:
    for file in files:
        if not file.is_file():
            raise DataError(f"there is no file {file}")
        if not _is_named(file, CSV_NAMES + PARQUET_NAMES):
            raise DataError(f"{file} is neither CSV nor Parquet, by its name")


def _require_same_columns(columns: Mapping[Path, Sequence[str]]) -> None:
    first, *others = columns
    for file in others:
        lacking = [name for name in columns[first] if name not in columns[file]]
        besides = [name for name in columns[file] if name not in columns[first]]
        if lacking or besides:
            differences = [*(f"no {name}" for name in lacking), *besides]
            raise DataError(f"{file} has other columns than {first}: {', '.join(differences)}")


def _is_named(file: Path, endings: tuple[str, ...]) -> bool:
    return file.name.lower().endswith(endings)


def _reason(error: duckdb.Error) -> str:
    """Return DuckDB's message in one line, without its advice on options nobody here can set."""
    text = str(error)
    file = re.search(r"^  file = (.*)$", text, re.MULTILINE)
    said = re.split(r"\n(?:Possible |LINE )|\n\n  file =", text)[0].partition("Error: ")[2] or text
    line = " ".join(said.split())
    short = line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"
    return f"{file[1]}: {short}" if file else short
