"""Rows put into folders by the values of some columns, as Hive has them.

keeping ── one Parquet file, `ByColumn`s ──▶ **partition** ──▶ DuckDB ──▶ `month=1/part-….parquet`, `_layout.json`

The names of folders are those that Hive, Trino and Spark give, which DuckDB reads too: numbers without zeros before
them, `__HIVE_DEFAULT_PARTITION__` for NULL, and `%2F` for what a name cannot have. These have one name for NULL and for
an empty text, so there must be no empty text.
Source: https://github.com/apache/hive, FileUtils.escapePathName (common/src/java/org/apache/hadoop/hive/common).
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb

from backend.engine.layout import DATE, DERIVED_TYPES, FILE_NAME, INTEGERS, TEXT, Key, Layout, Part, encode
from backend.formats.sql import literal, quoted
from infra.local.datasets.conversion import unpatterned
from infra.local.errors import DataError

MOST_PARTITIONS = 1_000
"""Each is a file, of which every reader fetches the end first; and S3 lists so many at a time."""
MOST_KEYS = 4
LONGEST_FOLDER = 255
"""Bytes of UTF-8 of a folder's name. Source: NAME_MAX of Linux, https://man7.org/linux/man-pages/man0/limits.h.0p.html."""
NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
_ESCAPED = re.compile(r"""[\x00-\x1f"#%'*/:=?\\\x7f{[\]^]""")
_NAME = re.compile("[A-Za-z][A-Za-z0-9_]*")
_PART = "the number of a partition"
"""The name of a column that no dataset has."""
_ROW = "file_row_number"
"""DuckDB's name for the place of a row in its file, where no column has it."""


@dataclass(frozen=True, slots=True)
class ByColumn:
    """What rows are divided by: a column, or the part of time that its dates lie in."""

    column: str
    unit: Literal["year", "month"] | None = None

    @property
    def folder(self) -> str:
        """The name before `=` of its folders: Hive's names are in lower case."""
        return f"{self.column}_{self.unit}".lower() if self.unit else self.column.lower()

    def sql(self, table: str) -> str:
        """Return the expression for the value of a table's row."""
        column = f"{table}.{quoted(self.column)}"
        match self.unit:
            case "year":
                return f"year({column})::INTEGER"
            case "month":
                return f"date_trunc('month', {column})::DATE"
        return column


def partition(file: Path, by: Sequence[ByColumn], directory: Path) -> Layout:
    """Write the rows of a Parquet file into a new directory, in folders; within one they stay in their order.

    Raises:
        DataError: They cannot be divided so; the message names the column and the value.
    """
    with duckdb.connect() as connection:
        # Several threads would write the rows of a folder in any order.
        connection.execute("SET enable_progress_bar = false; SET threads = 1; SET TimeZone = 'UTC'")
        connection.execute("SET partitioned_write_max_open_files = 8")  # they come one after another
        rows = f"read_parquet({literal(unpatterned(file))}) AS stored"
        described = connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()  # noqa: S608  quoted
        columns = {name: kind for name, kind, *_ in described}
        keys = _keys(columns, by)
        _require_days(connection, rows, [each.column for each in by if columns[each.column] in (DATE, "TIMESTAMP")])
        values = _values(connection, rows, keys, by)
        folders = ["/".join(map(_folder, keys, each)) for each in values]
        directory.mkdir()
        _copy(connection, rows, columns, by, directory)
        numbered = {int(each.name.rpartition("=")[2]): each for each in directory.iterdir()}
        paths = [_moved(numbered[number], directory, folder) for number, folder in enumerate(folders)]
        parts = [_part(connection, directory, *each) for each in zip(paths, values, strict=True)]
    layout = Layout(columns=tuple(columns.items()), keys=keys, parts=tuple(parts))
    (directory / FILE_NAME).write_bytes(encode(layout))
    return layout


def _keys(columns: dict[str, str], by: Sequence[ByColumn]) -> tuple[Key, ...]:
    """Return the keys, after checking that there can be such."""
    if len(by) > MOST_KEYS or len(set(by)) < len(by):
        raise DataError(f"--partition-by needs up to {MOST_KEYS} columns, each once")
    for each in by:
        if each.column not in columns:
            raise DataError(f"there is no column {each.column} to partition by; there is: {', '.join(columns)}")
        _require_type(each, columns[each.column])
        if not _NAME.fullmatch(each.column):
            raise DataError(f"{each.column} cannot name a folder: it needs to be letters, digits and _, a letter first")
        if each.unit and each.folder in map(str.lower, columns):
            raise DataError(f"{each.unit}({each.column}) makes folders named {each.folder}, as a column is already")
    if _ROW in map(str.lower, columns):
        raise DataError(f"a column is called {_ROW}, by which the rows are kept in order: give it another name")
    if {each.column for each in by if not each.unit} == columns.keys():
        raise DataError("one column must be left that the data are not partitioned by")
    return tuple(
        Key(
            name=each.folder,
            type=DERIVED_TYPES[each.unit] if each.unit else columns[each.column],
            of=each.column,
            unit=each.unit,
        )
        for each in by
    )


def _require_type(by: ByColumn, kind: str) -> None:
    if by.unit and kind not in (DATE, "TIMESTAMP"):
        raise DataError(f"{by.unit}({by.column}) needs a column of dates or timestamps, and {by.column} is {kind}")
    if not by.unit and kind not in (*INTEGERS, DATE, TEXT):
        advice = f": month({by.column}) can be" if kind == "TIMESTAMP" else ""
        raise DataError(f"{by.column} is {kind}: only integers, dates and text can be partitioned by{advice}")


def _require_days(connection: duckdb.DuckDBPyConnection, rows: str, columns: Iterable[str]) -> None:
    """Check that dates are days of a calendar: infinity is in no month."""
    for column in dict.fromkeys(columns):
        name = quoted(column)
        outside = f"{name}::DATE NOT BETWEEN '0001-01-01' AND '9999-12-31'"
        asked = f"SELECT {name}::VARCHAR FROM {rows} WHERE {outside} LIMIT 1"  # noqa: S608  quoted
        for (found,) in connection.execute(asked).fetchall():
            raise DataError(f"{column} is {found} in a row: only days of the years 1 to 9999 can be partitioned by")


def _values(
    connection: duckdb.DuckDBPyConnection, rows: str, keys: Sequence[Key], by: Sequence[ByColumn]
) -> list[tuple[Any, ...]]:
    """Return the values of each partition, in order."""
    selected = ", ".join(f"{each.sql('stored')} AS k{number}" for number, each in enumerate(by))
    connection.execute(
        f"CREATE TABLE partitions AS SELECT *, row_number() OVER ({_order(by)}) - 1 AS part "  # noqa: S608  quoted
        f"FROM (SELECT DISTINCT {selected} FROM {rows})"
    )
    found = connection.execute("SELECT * EXCLUDE part FROM partitions ORDER BY part").fetchall()
    if not found:
        raise DataError("there is no row to partition")
    if len(found) > MOST_PARTITIONS:
        named = ", ".join(map(str, keys))
        advice = "by the month or the year, or by fewer columns"
        raise DataError(f"{named} would make {len(found):,} partitions, and {MOST_PARTITIONS:,} are the most: {advice}")
    return [tuple(each.isoformat() if isinstance(each, date) else each for each in values) for values in found]


def _order(by: Sequence[ByColumn]) -> str:
    return "ORDER BY " + ", ".join(f"k{number} NULLS LAST" for number in range(len(by)))


def _folder(key: Key, value: int | str | None) -> str:
    """Return the name of a folder."""
    if value is None:
        return f"{key.name}={NULL_FOLDER}"
    text = str(value)
    if text in ("", NULL_FOLDER) or "\0" in text:
        said = {"": "an empty text", NULL_FOLDER: NULL_FOLDER}.get(text, "a text with a NUL")
        raise DataError(f"{key.of} is {said} in a row, which no folder can be named for: make it NULL or another text")
    folder = f"{key.name}={_ESCAPED.sub(lambda found: f'%{ord(found[0]):02X}', text)}"
    if len(folder.encode()) > LONGEST_FOLDER:
        most = f"of {LONGEST_FOLDER} bytes at most"
        raise DataError(
            f"{key.of} is {text[:30]}… in a row, for which a folder would be named: its name must be {most}"
        )
    return folder


def _copy(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    columns: Iterable[str],
    by: Sequence[ByColumn],
    directory: Path,
) -> None:
    """Write a folder for the number of each partition, all its rows in one file."""
    in_folders = {each.column for each in by if not each.unit}
    kept = ", ".join(f"stored.{quoted(name)}" for name in columns if name not in in_folders)
    same = " AND ".join(
        f"partitions.k{number} IS NOT DISTINCT FROM {each.sql('stored')}" for number, each in enumerate(by)
    )
    joined = f"{rows} JOIN partitions ON {same} ORDER BY partitions.part, stored.{_ROW}"
    options = f"FORMAT parquet, COMPRESSION zstd, PARTITION_BY ({quoted(_PART)}), OVERWRITE_OR_IGNORE"
    selected = f"SELECT {kept}, partitions.part AS {quoted(_PART)} FROM {joined}"  # noqa: S608  quoted
    connection.execute(f"COPY ({selected}) TO {literal(str(directory))} ({options})")


def _moved(written: Path, directory: Path, folder: str) -> Path:
    """Move the one file of a partition to its folder, under a name for its content: what is new has another name."""
    (file,) = written.iterdir()
    with file.open("rb") as content:
        name = f"part-{hashlib.file_digest(content, 'sha256').hexdigest()[:16]}.parquet"
    path = directory / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    file.rename(path)
    written.rmdir()
    return path


def _part(connection: duckdb.DuckDBPyConnection, directory: Path, file: Path, values: tuple[Any, ...]) -> Part:
    counted = connection.execute("SELECT num_rows FROM parquet_file_metadata($1)", [unpatterned(file)])
    ((row_count,),) = counted.fetchall()
    path = file.relative_to(directory).as_posix()
    return Part(path=path, values=values, row_count=row_count, size_bytes=file.stat().st_size)
