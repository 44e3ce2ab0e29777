"""The files of partitioned datasets that a query may need, known from its conditions before any of them is opened.

export ── query, files ──▶ **pruned** ──▶ sandbox ── plan over empty tables ──▶ ranges ──▶ the files to read

DuckDB itself leaves files out by their folders' names, but opens all others, and knows nothing of a month that a date
lies in. So the query is planned over tables that have the columns and no rows, and the conditions that reach each scan
are compared with what a file can hold. A condition that is not understood leaves out nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile, DatasetStore
from backend.engine.duck.dataset_files import DatasetFiles
from backend.engine.duck.errors import told
from backend.engine.duck.sandbox import layout_of, opened
from backend.engine.duck.sink import Sink
from backend.engine.finding.in_duckdb import check_sql
from backend.engine.finding.plans import scans_of
from backend.engine.finding.ranges import Range, may_be_true
from backend.engine.layout import Layout, Part
from backend.engine.rows import relation_of
from backend.formats.sql import quoted

SCHEMA = "planned"
"""Of the tables that stand for partitioned datasets."""
_SETTINGS = {"disabled_optimizers": "'statistics_propagation,empty_result_pullup'"}
"""Statistics would tell of the tables that they are empty."""
_OPTIONAL = "optional: "
"""Before a condition that another step checks too."""

Tables = Mapping[str, Sequence[DatasetFile]]


@dataclass(frozen=True, slots=True)
class Size:
    """What a query may have to read of a dataset."""

    size_bytes: int
    row_count: int | None
    """None for a dataset that is not partitioned: its files would have to be opened."""


def sizes_to_read(query: Query, datasets: DatasetStore, limits: Limits) -> Mapping[str, Size]:
    """Return how much of each dataset a query may have to read: no file of a partitioned one is opened.

    Raises:
        DataUnreadable: A dataset cannot be listed.
        DefinitionFailed: The query cannot be run.
    """
    tables = {name: datasets.files(name) for name in query.datasets}
    source = DatasetFiles(datasets, [file for files in tables.values() for file in files])
    return {name: _size(files) for name, files in pruned(query, tables, source, limits, at_least=0).items()}


def _size(files: Sequence[DatasetFile]) -> Size:
    parts = [file.part for file in files if file.part]
    row_count = sum(part.row_count for part in parts) if len(parts) == len(files) else None
    return Size(sum(file.size_bytes for file in files), row_count)


def pruned(query: Query, tables: Tables, source: DatasetFiles, limits: Limits, *, at_least: int = 1) -> Tables:
    """Return the files that the query may need, at least so many of each dataset; all where none is partitioned.

    Raises:
        DefinitionFailed: The query cannot be run.
        Exception: A file of another dataset cannot be read.
    """
    layouts = {name: layout for name, files in tables.items() if (layout := layout_of(files))}
    if not layouts:
        return tables
    others = {name: files for name, files in tables.items() if name not in layouts}
    sink = Sink()
    with told(source, sink), opened(limits, source, sink, others, settings=_SETTINGS) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        stand_ins = {f"t{number}": name for number, name in enumerate(layouts)}
        for table, name in stand_ins.items():
            for statement in _stand_in(table, name, layouts[name]):
                connection.execute(statement)
        check_sql(connection, query.sql)
        planned = f"EXPLAIN (FORMAT json) SELECT * FROM {relation_of(query)}"  # noqa: S608  the definition's own
        ((_, plan),) = connection.execute(planned, dict(query.binds) or None).fetchall()
        scans: dict[str, list[list[Any]]] = {}
        for table, conditions in scans_of(plan, SCHEMA):
            scans.setdefault(stand_ins[table], []).append(_parsed(connection, conditions))
    kept = {name: _needed(tables[name], layouts[name], scans[name]) for name in layouts if name in scans}
    return {**tables, **{name: files or tables[name][:at_least] for name, files in kept.items()}}


def _stand_in(table: str, dataset: str, layout: Layout) -> Iterable[str]:
    """Yield the statements for a dataset that has plain names below, which a plan does not quote: c0, c1, and so on.

    It has one row of NULLs, as DuckDB plans nothing for an empty table.
    """
    stored = ", ".join(f"CAST(NULL AS {kind}) AS c{number}" for number, (_, kind) in enumerate(layout.columns))
    named = ", ".join(f"c{number} AS {quoted(name)}" for number, (name, _) in enumerate(layout.columns))
    yield f"CREATE TABLE {SCHEMA}.{table} AS SELECT {stored}"
    yield f"CREATE VIEW {quoted(dataset)} AS SELECT {named} FROM {SCHEMA}.{table}"  # noqa: S608  quoted


def _parsed(connection: duckdb.DuckDBPyConnection, conditions: Sequence[str]) -> list[Any]:
    """Return the trees of conditions that all hold; none if one cannot be parsed.

    The first part of a text in two lines has no closing quote, and what follows may look like anything.
    """
    trees = []
    for condition in conditions:
        if condition.startswith(f"{_OPTIONAL}Dynamic Filter ("):
            continue
        asked = {"sql": f"SELECT 1 WHERE {condition.removeprefix(_OPTIONAL)}"}
        ((answer,),) = connection.execute("SELECT json_serialize_sql($sql)", asked).fetchall()
        tree = json.loads(answer)
        if tree["error"] or len(tree["statements"]) != 1:
            return []
        trees.append(tree["statements"][0]["node"]["where_clause"])
    return trees


def _needed(files: Sequence[DatasetFile], layout: Layout, scans: Sequence[Sequence[Any]]) -> Sequence[DatasetFile]:
    """Return the files from which a scan may get a row."""
    ranges = [(file, _ranges(layout, file.part)) for file in files if file.part]
    return [file for file, held in ranges if any(all(may_be_true(each, held) for each in scan) for scan in scans)]


def _ranges(layout: Layout, part: Part) -> Mapping[str, Sequence[Range]]:
    """Return what the columns hold in a file by their plain names."""
    numbers = {name: f"c{number}" for number, (name, _) in enumerate(layout.columns)}
    types = dict(layout.columns)
    found: dict[str, list[Range]] = {}
    for key in layout.keys:
        least, greatest = layout.range_of(key, part)
        found.setdefault(numbers[key.of], []).append(Range.of(types[key.of], least, greatest))
    return found
