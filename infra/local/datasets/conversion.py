"""Somebody's own files as one Parquet file.

keeping ── CSV and Parquet files ──▶ **conversion** ──▶ csv_copies, common_types ──▶ DuckDB ──▶ Parquet
"""

import re
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb

from backend.formats.sql import literal
from infra.local.datasets.common_types import MOST_DIGITS, TEXT, Source, united
from infra.local.datasets.csv_copies import CsvCopies
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


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of the files."""

    shape: Shape
    notes: tuple[str, ...]
    """How each CSV file was read: its delimiter, names that were made up, and what was left out."""


def convert(
    files: Sequence[Path], target: Path, delimiter: str | None = None, as_text: Collection[str] = ()
) -> Converted:
    """Write the rows of all files to `target`: those of the CSV files first, each kind in the order given.

    Args:
        files: A file that is given twice is read once.
        target: A Parquet file, whose directory has room for plain copies of the CSV files.
        delimiter: Of the CSV files; found unless given.
        as_text: Columns of CSV files that stay text, whatever their cells look like.

    Raises:
        DataError: A file is missing or broken, or its columns do not go with those of the first; the message names it.
    """
    files = list({file.resolve(): file for file in reversed(files)}.values())[::-1]
    _require_known_kinds(files)
    with tempfile.TemporaryDirectory(prefix=".plain-", dir=target.parent) as scratch, duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")  # the bar would stand on stdout
        copies = CsvCopies(Path(scratch), delimiter)
        columns = {file: copies.add(file) for file in files if _is_named(file, CSV_NAMES)}
        _require_columns(as_text, {name for names in columns.values() for name in names})
        try:
            described = {file: _described(connection, file) for file in files if _is_named(file, PARQUET_NAMES)}
            _require_same_columns(columns | {file: tuple(kinds) for file, kinds in described.items()})
            sources = list(_parquet_sources(described))
            if columns:
                kinds = copies.kinds(
                    {*as_text, *(name for each in sources for name in each.kinds if each.kinds[name] == TEXT)}
                )
                sources.insert(0, Source(str(next(iter(columns))), copies.rows(kinds), kinds))
            rows = united(connection, sources)
            connection.execute(f"COPY ({rows}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as error:
            raise DataError(_reason(error)) from error
    found = shape([target])
    if columns and not found.row_count:
        target.unlink()
        raise DataError(f"{next(iter(columns))} has no row, only the names of columns")
    return Converted(found, tuple(copies.notes))


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


def unpatterned(file: Path) -> str:
    """Return a file name in which DuckDB finds no pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))


def _described(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str | None]:
    """Return the type of each column of a Parquet file; None for one that can have no values."""
    too_long = "SELECT name, precision FROM parquet_schema($1) WHERE precision > $2"
    for name, precision in connection.execute(too_long, [unpatterned(file), MOST_DIGITS]).fetchall():
        raise DataError(f"{file} has decimals of {precision} digits in {name}: {MOST_DIGITS} are the most")
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [unpatterned(file)]).fetchall()
    return {name: None if kind == '"NULL"' else kind for name, kind, *_ in described}


def _parquet_sources(described: Mapping[Path, Mapping[str, str | None]]) -> Iterable[Source]:
    """Group files that follow each other and have the same types."""
    for kinds, group in groupby(described, key=lambda file: described[file]):
        files = list(group)
        names = ", ".join(literal(unpatterned(file)) for file in files)
        yield Source(str(files[0]), f"FROM read_parquet([{names}], union_by_name = true)", kinds)


def _require_known_kinds(files: Iterable[Path]) -> None:
    for file in files:
        if not file.is_file():
            raise DataError(f"there is no file {file}")
        if not _is_named(file, CSV_NAMES + PARQUET_NAMES):
            raise DataError(f"{file} is neither CSV nor Parquet, by its name")


def _require_columns(wanted: Iterable[str], found: Collection[str]) -> None:
    for name in wanted:
        if name not in found:
            raise DataError(f"no CSV file has a column {name}")


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
    said = re.split(r"\n(?:Possible |LINE )|\n\n", str(error))[0].partition("Error: ")[2] or str(error)
    line = " ".join(said.split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"
