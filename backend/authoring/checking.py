"""`reportwire check`: check a report's SQL file before an analyst finds what is wrong with it.

files ──▶ **run** ──▶ header, SQL, and the report itself made from the datasets at hand ──▶ standard output
"""

import logging
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from backend.authoring.directories import Directories
from backend.authoring.examples import example, examples, lists
from backend.authoring.inspection import fickle_functions, inspect
from backend.authoring.repeating import MORE_RUNS, ROWS, RUNS, RUNS_AS_READ, differing, fingerprint, selected, written
from backend.authoring.suspects import Rank, Suspect, suspects
from backend.authoring.syntax import InvalidSql, Syntax, folded, line_of, line_with, tree_of, words_of
from backend.catalog import sql_file
from backend.catalog.compiled import place_of, source_key
from backend.catalog.compiled import read as read_compiled
from backend.catalog.header import Header, InvalidDefinition, find_line, read
from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.errors import is_out_of_space
from backend.engine.duck.sandbox import opened
from backend.engine.duck.sink import Sink
from backend.engine.export import DuckEngine
from backend.engine.finding.in_duckdb import sort_column
from backend.engine.finding.plans import is_one_row, steps_of
from backend.formats.sql import quoted
from backend.protocol.formats import FORMATS
from backend.protocol.parameters import InvalidParameters, Schema, complete, parse
from backend.protocol.printable import printable
from backend.service.ports import DataUnreadable, DefinitionFailed, FileOrder, TooManyRows

ORDER_KEEPING = frozenset(
    {
        "COLUMN_DATA_SCAN",
        "DUMMY_SCAN",
        "EMPTY_RESULT",
        "FILTER",
        "LIMIT",
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
_SHARE = f"{LIMITS.memory_mb:,} MB of memory and {LIMITS.storage_mb:,} MB of disk"


@dataclass(frozen=True, slots=True)
class Checked:
    """A report that is right."""

    row_count: int
    is_repeated: bool
    """Whether it was found the same in every run: the data may be too large for some."""


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
        checked = check(path, datasets, datetime.now(UTC).date(), parameters)
    except InvalidDefinition as error:
        say(f"{path}:{error.line}: {error.reason}")
        return False
    except (OSError, UnicodeDecodeError, DataUnreadable) as error:
        say(f"{path}: {getattr(error, 'strerror', None) or error}")
        return False
    given = "these parameters" if parameters else "the default parameters"
    hint = "" if checked.row_count else ": give some with -p that find rows, for a better check"
    if not checked.is_repeated:
        hint += f"; not tried in every order of the data, which takes more than {_SHARE}"
    say(f"{path}: right; {checked.row_count:,} rows with {given}{hint}")
    return True


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(printable(line) + "\n")


def check(path: Path, datasets: Directories, today: date, parameters: Sequence[str] = ()) -> Checked:
    """Return what the report is with its default parameters, but for those given.

    Raises:
        InvalidDefinition: Something is wrong, at that line.
        DataUnreadable: The data changed or went away meanwhile.
        OSError: The file cannot be read.
    """
    text = path.read_text(encoding="utf-8-sig")
    header, sql = read(text, sql_file.shared_with(path))
    syntax = check_references(header, sql, text)
    _check_engine(path, header, sql, text, datasets)
    definition = sql_file.define(path.stem, header, sql)
    schema = definition.schema(today)
    given = dict(_given(schema, text) for text in parameters)
    values = _completed(schema, given)
    query = replace(sql_file.query(header, sql), binds=sql_file.binds(schema, values))
    columns = _check_result(query, datasets, text)
    if not query.order:
        others = [sql_file.binds(schema, other) for other in _alternatives(schema, values)]
        _check_order_as_read(query, others, datasets, text)
    is_repeated = _check_repeats(query, columns, datasets, syntax, text)
    row_count = 0
    for name in header.formats:
        file = FileOrder(format=name, title=header.title, options=complete(FORMATS[name].options, {}))
        row_count = _make(query, file, datasets, find_line(text, ["row_limit"]))
    return Checked(row_count, is_repeated)


def check_references(header: Header, sql: str, text: str) -> Syntax:
    """Check that the SELECT reads the declared datasets and binds the declared parameters: all, and no others."""
    try:
        with duckdb.connect(":memory:") as connection:
            syntax = tree_of(connection, sql)
            found = inspect(syntax, fickle_functions(connection))
    except InvalidSql as error:
        raise InvalidDefinition(error.line, error.reason) from error
    _compare("dataset", header.datasets, found.tables, lambda _: find_line(text, ["datasets"]))
    _compare("parameter", header.parameters, found.binds, lambda name: find_line(text, ["parameters", name]))
    return syntax


def _check_engine(path: Path, header: Header, sql: str, text: str, datasets: Directories) -> None:
    """Check that a report for a distributed engine can be compiled, and that what was compiled is of this text."""
    if header.engine == "distributed":
        from backend.authoring.distributed.compiling import compiled  # noqa: PLC0415  sqlglot takes a second

        compiled(header, sql, text, types_of(header, datasets, text))
    check_compiled(path, source_key(header, sql))


def check_compiled(path: Path, source: str) -> None:
    """Check that the compiled text beside a report's file, if there is any, was made from what has this key.

    Raises:
        InvalidDefinition: It was made from another text.
    """
    place = place_of(path)
    try:
        is_current = read_compiled(place.read_bytes()).source == source
    except FileNotFoundError:
        return
    except msgspec.ValidationError:
        is_current = False
    if not is_current:
        again = "write it again, with `reportwire check --engine trino --write`, or delete it"
        raise InvalidDefinition(1, f"{place.parent.name}/{place.name} is compiled from another text: {again}")


def types_of(header: Header, datasets: Directories, text: str) -> dict[str, dict[str, str]]:
    """Return DuckDB's types of the columns of a report's datasets.

    Raises:
        InvalidDefinition: There is no data of such a name.
    """
    query = Query(sql="", datasets=header.datasets)
    with _connected(query, datasets, text) as connection:
        return {
            name: {column: kind for column, kind, *_ in connection.execute(f"DESCRIBE {quoted(name)}").fetchall()}
            for name in header.datasets
        }


def _compare(what: str, declared: Collection[str], used: Mapping[str, int], line_of_name: Callable[[str], int]) -> None:
    """Compare names as SQL does: small and capital letters are the same."""
    for name, line in used.items():
        if folded(name) not in map(folded, declared):
            known = f"it declares {', '.join(sorted(declared))}" if declared else "it declares none"
            reason = f"the SELECT uses the {what} {name}, which the header does not declare: {known}"
            raise InvalidDefinition(line, reason)
    for name in sorted(declared):
        if folded(name) not in map(folded, used):
            reason = f"the header declares the {what} {name}, which the SELECT does not use"
            raise InvalidDefinition(line_of_name(name), reason)


def _given(schema: Schema, text: str) -> tuple[str, Any]:
    """Read `name=value`."""
    name, _, value = text.partition("=")
    if name not in schema["properties"]:
        raise InvalidDefinition(1, f"there is no parameter {name} as in -p {text}")
    try:
        return name, parse(schema["properties"][name], value)
    except ValueError as error:
        raise InvalidDefinition(1, f"{name} as in -p {text} must be {error}") from error


def _completed(schema: Schema, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every parameter: given, by default, or an example."""
    try:
        return complete({**schema, "required": ()}, {**examples(schema), **given})
    except InvalidParameters as error:
        faults = "; ".join(f"{name} {reason}" for name, reason in error.fields.items())
        raise InvalidDefinition(1, f"give other parameters with -p NAME=VALUE: {faults}") from error


def _alternatives(schema: Schema, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the values once more for each that a parameter may have instead, as far as those are few."""
    for name, prop in schema["properties"].items():
        ends = [prop[key] for key in ("minimum", "maximum") if key in prop]
        others = [*prop.get("enum", ()), *([True, False] if prop["type"] == "boolean" else []), *ends, *lists(prop)]
        if "default" not in prop and name not in schema.get("required", ()):
            others += [None, example(prop)]
        yield from ({**values, name: other} for other in others)


def _check_result(query: Query, datasets: Directories, text: str) -> dict[str, str]:
    """Return the types of the columns; check that the header names such columns, and an order that tells rows apart."""
    with _connected(query, datasets, text) as connection:
        select = partial(selected, connection, query)
        select(f"DESCRIBE SELECT * FROM ({query.sql}\n)")  # noqa: S608  the author's own, as the engine puts it
        described = select(f"DESCRIBE {query.sql}")  # not the subquery's: it renames doubles
        names = [name for name, *_ in described]
        for name in (name for n, name in enumerate(names) if folded(name) in map(folded, names[:n])):
            raise InvalidDefinition(line_with(query.sql, name), f'two columns have the same name: "{name}"')
        keys = [sort_column(key) for key in query.order]
        for path in [*(["columns", name] for name in query.columns), *(["order", key] for key in keys)]:
            if path[1] not in names:
                reason = f'there is no column "{path[1]}" in the result; there is: {", ".join(names)}'
                raise InvalidDefinition(find_line(text, path), reason)
        if keys:
            listed = ", ".join(quoted(key) for key in keys)
            told_apart = f"SELECT DISTINCT {listed} FROM ({query.sql}\n)"  # noqa: S608  as above
            ((places,),) = select(f"SELECT count(*) FROM ({told_apart})")  # noqa: S608  as above
            unlike = f"count(DISTINCT hash({', '.join(map(written, names))}))"
            ((rows,),) = select(f"SELECT {unlike} FROM ({query.sql}\n)")  # noqa: S608  as above
            if alike := rows - places:
                reason = f"the order leaves {alike:,} rows in any order: name more columns in it"
                raise InvalidDefinition(find_line(text, ["order"]), reason)
    return {name: kind for name, kind, *_ in described}


def _check_repeats(query: Query, columns: Mapping[str, str], datasets: Directories, syntax: Syntax, text: str) -> bool:
    """Check that every run finds the same; return False if the data are too large for all runs."""
    before = None
    suspected = suspects(syntax)
    is_rounded = any(each.rank is Rank.ROUNDING for each in suspected)
    for run in (*RUNS, *(MORE_RUNS if is_rounded else ())) if query.order else RUNS_AS_READ:
        try:
            with _connected(query, datasets, text, threads=run.threads) as connection:
                found = fingerprint(connection, query, list(columns), run.order)
        except InvalidDefinition as error:
            if before and is_out_of_space(error.__cause__):
                return False
            raise
        before = before or found
        if unlike := differing(before, found):
            line, advice = _explained(unlike, {columns[name] for name in unlike if name != ROWS}, suspected)
            are = "the rows are" if ROWS in unlike else " and ".join(map(quoted, unlike)) + _be(unlike)
            when = "when the data come in another order" if run.order else "in every run"
            raise InvalidDefinition(line, f"{are} not the same {when}: {advice}")
    return True


def _be(subjects: Sequence[str]) -> str:
    return " is" if len(subjects) == 1 else " are"


def _explained(unlike: Sequence[str], types: set[str], suspected: Sequence[Suspect]) -> tuple[int, str]:
    """Return the line of what is most likely the reason that runs differ in some columns, and the way to write it."""
    found = [each for each in suspected if each.column is None or each.column in unlike or ROWS in unlike]
    if types and types <= {"DOUBLE", "FLOAT"}:  # what is next to a double is likelier than anything elsewhere
        found.sort(key=lambda each: (each.column is None, each.rank))
    else:
        found.sort(key=lambda each: (each.rank, each.column is None))
    if not found:
        return 1, "say in the SELECT which rows it takes, or in which order"
    return found[0].line, found[0].advice


def _check_order_as_read(query: Query, others: Sequence[Mapping[str, Any]], datasets: Directories, text: str) -> None:
    """Check that rows come out in the order they were read in, every time, also with other parameters."""
    line = find_line(text, ["order"])
    with _connected(query, datasets, text) as connection:
        for each in (query, *(replace(query, binds=binds) for binds in others)):
            _check_steps(selected(connection, each, f"EXPLAIN (FORMAT json) {query.sql}")[0][1], line)


def _check_steps(plan: str, line: int) -> None:
    scrambling = min(steps_of(plan) - ORDER_KEEPING, default=None)
    if scrambling and not is_one_row(plan):
        step = scrambling.lower().replace("_", " ")
        raise InvalidDefinition(line, f"the order must not be empty: rows come in any order from a {step}")


@contextmanager
def _connected(
    query: Query, datasets: Directories, text: str, threads: int = LIMITS.threads
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that has the datasets; errors have the line."""
    tables = {name: datasets.files(name) for name in query.datasets}
    for name, found in tables.items():
        if not found:
            reason = f"there is no data named {name} at hand: see `reportwire data add`"
            raise InvalidDefinition(find_line(text, ["datasets"]), reason)
    source = DatasetFiles(datasets, [file for files in tables.values() for file in files])
    is_open = False
    try:
        with opened(replace(LIMITS, threads=threads), source, Sink(), tables) as connection:
            is_open = True
            yield connection
    except duckdb.Error as error:
        if isinstance(source.error, DataUnreadable):
            raise source.error from error
        line = line_of(error) if is_open else find_line(text, ["datasets"])
        raise InvalidDefinition(line, words_of(error)) from error


def _make(query: Query, file: FileOrder, datasets: Directories, limit_line: int) -> int:
    """Make the file and forget it; return the number of rows."""
    try:
        return DuckEngine(datasets, LIMITS).export(query, file, lambda _: None, lambda *_: None).row_count
    except MemoryError as error:
        raise InvalidDefinition(1, f"as {file.format}: needs more than {_SHARE}") from error
    except TooManyRows as error:
        raise InvalidDefinition(limit_line, str(error)) from error
    except DefinitionFailed as error:
        cause = error.__cause__
        line, reason = (line_of(cause), words_of(cause)) if isinstance(cause, duckdb.Error) else (1, str(error))
        raise InvalidDefinition(line, f"as {file.format}: {reason}") from error
