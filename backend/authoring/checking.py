"""`reportwire check`: check a report's SQL file before an analyst finds what is wrong with it.

files ──▶ **run** ──▶ header, SQL, and the report itself made from the datasets at hand ──▶ standard output
"""

import logging
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from backend.authoring.directories import Directories
from backend.authoring.inspection import InvalidSql, inspect, line_of, words_of
from backend.catalog import sql_file
from backend.catalog.header import Header, InvalidDefinition, find_line, read
from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.sandbox import opened
from backend.engine.duck.sink import Sink
from backend.engine.export import DuckEngine
from backend.engine.finding.in_duckdb import sort_column
from backend.engine.finding.plans import steps_of
from backend.formats.sql import quoted
from backend.protocol.formats import FORMATS
from backend.protocol.parameters import Schema, complete, parse
from backend.protocol.printable import printable
from backend.service.ports import DataUnreadable, DefinitionFailed, FileOrder, TooManyRows

ORDER_KEEPING = frozenset(
    {
        "COLUMN_DATA_SCAN",
        "DUMMY_SCAN",
        "EMPTY_RESULT",
        "FILTER",
        "PARQUET_SCAN",
        "PROJECTION",
        "RANGE",
        "READ_PARQUET",
        "STREAMING_LIMIT",
        "STREAMING_WINDOW",
        "UNION",
        "UNNEST",
    }
)
"""Steps of a plan of DuckDB."""
LIMITS = Limits(memory_mb=512, storage_mb=4_096)


def run(paths: Sequence[Path], datasets: Mapping[str, Path], parameters: Sequence[str] = ()) -> int:
    """Check files and say for each what is wrong with it; return 0 if all are right, else 1.

    Args:
        paths: SQL files of reports.
        datasets: Directories of Parquet files, by the dataset's name.
        parameters: `name=value` each, for what is not to be as it is by default.
    """
    logging.getLogger("backend").addHandler(logging.NullHandler())  # what goes wrong is told here
    is_right = [_tell(path, Directories(datasets), parameters) for path in paths]
    return 0 if all(is_right) else 1


def _tell(path: Path, datasets: Directories, parameters: Sequence[str]) -> bool:
    try:
        row_count = check(path, datasets, datetime.now(UTC).date(), parameters)
    except InvalidDefinition as error:
        _say(f"{path}:{error.line}: {error.reason}")
        return False
    except (OSError, UnicodeDecodeError, DataUnreadable) as error:
        _say(f"{path}: {getattr(error, 'strerror', None) or error}")
        return False
    given = "these parameters" if parameters else "the default parameters"
    hint = "" if row_count else ": give some with -p that find rows, for a better check"
    _say(f"{path}: right; {row_count:,} rows with {given}{hint}")
    return True


def _say(line: str) -> None:
    sys.stdout.write(printable(line) + "\n")


def check(path: Path, datasets: Directories, today: date, parameters: Sequence[str] = ()) -> int:
    """Return how many rows the report has with its default parameters, but for those given.

    Raises:
        InvalidDefinition: Something is wrong, at that line.
        OSError: The file cannot be read.
    """
    text = path.read_text(encoding="utf-8-sig")
    header, sql = read(text, sql_file.shared_with(path))
    _check_references(header, sql, text)
    definition = sql_file.define(path.stem, header, sql)
    schema = definition.schema(today)
    given = dict(_given(schema, text) for text in parameters)
    values = complete({**schema, "required": ()}, _examples(schema) | given)
    query = replace(sql_file.query(header, sql), binds=sql_file.binds(schema, values))
    _check_result(query, datasets, text)
    row_count = 0
    for name in header.formats:
        file = FileOrder(format=name, title=header.title, options=complete(FORMATS[name].options, {}))
        row_count = _make(query, file, datasets, find_line(text, ["row_limit"]))
    return row_count


def _check_references(header: Header, sql: str, text: str) -> None:
    """Check that the SELECT reads the declared datasets and binds the declared parameters: all, and no others."""
    try:
        found = inspect(sql)
    except InvalidSql as error:
        raise InvalidDefinition(error.line, error.reason) from error
    if found.functions:
        first = min(found.functions)
        raise InvalidDefinition(_line_with(sql, first), f"must not select from {first}()")
    if found.fickle:
        first = min(found.fickle)
        reason = f"{first} gives something else every time; use a parameter, for dates with a relative default"
        raise InvalidDefinition(_line_with(sql, first), reason)
    _compare("dataset", header.datasets, found.tables, sql, lambda _: find_line(text, ["datasets"]))
    _compare("parameter", header.parameters, found.binds, sql, lambda name: find_line(text, ["parameters", name]))


def _compare(
    what: str, declared: Collection[str], used: Collection[str], sql: str, line_of_name: Callable[[str], int]
) -> None:
    for name in sorted(set(used) - set(declared)):
        line = _line_with(sql, name)
        known = f"it declares {', '.join(sorted(declared))}" if declared else "it declares none"
        raise InvalidDefinition(line, f"the SELECT uses the {what} {name}, which the header does not declare: {known}")
    for name in sorted(set(declared) - set(used)):
        line = line_of_name(name)
        raise InvalidDefinition(line, f"the header declares the {what} {name}, which the SELECT does not use")


def _line_with(sql: str, name: str) -> int:
    """Return the first line with a name in it, or the first."""
    found = re.search(rf"\b{re.escape(name)}\b", sql)
    return sql.count("\n", 0, found.start()) + 1 if found else 1


def _given(schema: Schema, text: str) -> tuple[str, Any]:
    """Read `name=value`."""
    name, _, value = text.partition("=")
    if name not in schema["properties"]:
        raise InvalidDefinition(1, f"there is no parameter {name} as in -p {text}")
    try:
        return name, parse(schema["properties"][name], value)
    except ValueError as error:
        raise InvalidDefinition(1, f"{name} as in -p {text} must be {error}") from error


def _examples(schema: Schema) -> dict[str, Any]:
    """Return a value for each parameter that an analyst has to give."""
    return {name: _example(schema["properties"][name]) for name in schema.get("required", ())}


def _example(prop: Schema) -> object:
    match prop:
        case {"default": default}:
            return default
        case {"enum": [first, *_]}:
            return first
        case {"type": "boolean"}:
            return False
        case {"type": "string", "format": "date"}:
            return "2013-01-01"
        case {"type": "string"}:
            return ""
        case _:
            return prop.get("minimum", prop.get("maximum", 0))


def _check_result(query: Query, datasets: Directories, text: str) -> None:
    """Check that there are the columns which the header names, and that the order tells rows apart."""
    with _select(query, datasets, text) as select:
        select(f"DESCRIBE SELECT * FROM ({query.sql}\n)")  # noqa: S608  the author's own, as the engine puts it
        names = [name for name, *_ in select(f"DESCRIBE {query.sql}")]  # not the subquery's: it renames doubles
        for name in (name for n, name in enumerate(names) if name.lower() in map(str.lower, names[:n])):
            raise InvalidDefinition(_line_with(query.sql, name), f'two columns have the same name: "{name}"')
        keys = [sort_column(key) for key in query.order]
        for path in [*(["columns", name] for name in query.columns), *(["order", key] for key in keys)]:
            if path[1] not in names:
                reason = f'there is no column "{path[1]}" in the result; there is: {", ".join(names)}'
                raise InvalidDefinition(find_line(text, path), reason)
        if not keys:
            _check_steps(select(f"EXPLAIN (FORMAT json) {query.sql}")[0][1], find_line(text, ["order"]))
        else:
            listed = ", ".join(quoted(key) for key in keys)
            rows = f"SELECT DISTINCT * FROM ({query.sql}\n)"  # noqa: S608  as above
            ((alike,),) = select(f"SELECT count(*) - count(DISTINCT row({listed})) FROM ({rows})")  # noqa: S608  as above
            if alike:
                reason = f"the order leaves {alike:,} rows in any order: name more columns in it"
                raise InvalidDefinition(find_line(text, ["order"]), reason)


def _check_steps(plan: str, line: int) -> None:
    """Check that rows come out in the order they were read in, every time."""
    scrambling = min(steps_of(plan) - ORDER_KEEPING, default=None)
    if scrambling:
        step = scrambling.lower().replace("_", " ")
        raise InvalidDefinition(line, f"the order must not be empty: rows come in any order from a {step}")


@contextmanager
def _select(query: Query, datasets: Directories, text: str) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Yield a function that runs statements over the datasets; its errors have the line."""
    tables = {name: datasets.files(name) for name in query.datasets}
    for name, found in tables.items():
        if not found:
            reason = f"there is no data named {name} at hand: see `reportwire data add`"
            raise InvalidDefinition(find_line(text, ["datasets"]), reason)
    source = DatasetFiles(datasets, [file for files in tables.values() for file in files])
    with opened(LIMITS, source, Sink(), tables) as connection:
        try:
            yield lambda sql: connection.execute(sql, dict(query.binds) or None).fetchall()
        except duckdb.Error as error:
            raise InvalidDefinition(line_of(error), words_of(error)) from error


def _make(query: Query, file: FileOrder, datasets: Directories, limit_line: int) -> int:
    """Make the file and forget it; return the number of rows."""
    try:
        return DuckEngine(datasets, LIMITS).export(query, file, lambda _: None, lambda *_: None).row_count
    except MemoryError as error:
        reason = f"as {file.format}: needs more than {LIMITS.memory_mb} MB of memory and {LIMITS.storage_mb} MB of disk"
        raise InvalidDefinition(1, reason) from error
    except TooManyRows as error:
        raise InvalidDefinition(limit_line, str(error)) from error
    except DefinitionFailed as error:
        cause = error.__cause__
        reason = words_of(cause) if isinstance(cause, duckdb.Error) else str(error)
        raise InvalidDefinition(1, f"as {file.format}: {reason}") from error
