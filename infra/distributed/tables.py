"""The datasets as tables of a distributed engine: of those that reports read, the columns that are read.

backend.reports, compiled ──▶ **tables** ──▶ engine

They are external tables over the files as they lie in the bucket of datasets. Parquet's columns are found by their
names, so a table need not have all. Source: https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.catalog import compiled
from backend.catalog.compiled import Compiled

Columns = Mapping[str, str]
"""Types in DuckDB's words, by name."""
_PLAIN = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
"""Hive's types. Source: https://docs.aws.amazon.com/athena/latest/ug/data-types.html"""

_OF_UNITS = {"year": "int", "month": "date"}
"""As `backend.engine.layout.DERIVED_TYPES`."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, whose partitions the worker enters: `backend.aws.glue_partitions` says why."""

    columns: Mapping[str, str]
    """Hive's types of the columns in the files, by name."""
    keys: Mapping[str, str]
    """The same of the partition keys, in their order."""

    @property
    def all(self) -> Mapping[str, str]:
        """Columns, then keys."""
        return {**self.columns, **self.keys}


class NoTable(ValueError):
    """The reports read a dataset in ways that no table serves; the message is a sentence."""


def read_compiled(folder: Path) -> list[Compiled]:
    """Return the compiled texts of all reports that have one."""
    return [compiled.read(file.read_bytes()) for file in sorted(folder.glob("*.json"))]


def tables_of(reports: Sequence[Compiled]) -> dict[str, dict[str, str]]:
    """Return the columns of each dataset, with Hive's types, in the order of their names.

    Raises:
        NoTable: Two reports take a column for different types, or it is of one that Hive lacks.
    """
    found: dict[str, dict[str, str]] = {}
    for reading in (reading for report in reports for reading in report.readings):
        columns = found.setdefault(reading.dataset, {})
        for name, kind in reading.columns.items():
            if columns.setdefault(name, kind) != kind:
                raise NoTable(f"Reports take {reading.dataset}.{name} for {columns[name]} and for {kind}.")
    return {
        dataset: {name: _hive(dataset, name, kind) for name, kind in sorted(columns.items())}
        for dataset, columns in sorted(found.items())
    }


def partitioned(tables: Mapping[str, Mapping[str, str]], partitions: Mapping[str, str]) -> dict[str, Table]:
    """Return the tables of datasets with their columns, of which some are keys: `month(date),carrier` by dataset.

    A key that is a column has the type that reports take it for; one that none reads is text.

    Raises:
        NoTable: No report reads one of the datasets.
    """
    for dataset in partitions.keys() - tables.keys():
        raise NoTable(f"datasetPartitions names {dataset}, which no report reads that is compiled for an engine.")
    return {dataset: _table(columns, partitions.get(dataset)) for dataset, columns in tables.items()}


def _table(columns: Mapping[str, str], keys: str | None) -> Table:
    types: dict[str, str] = {}
    for unit, column in re.findall(r"(?:(year|month)\()?(\w+)", keys or ""):
        types[f"{column}_{unit}".lower() if unit else column.lower()] = (
            _OF_UNITS[unit] if unit else columns.get(column, "string")
        )
    return Table({name: kind for name, kind in columns.items() if name.lower() not in types}, types)


def _hive(dataset: str, name: str, kind: str) -> str:
    if kind.startswith("DECIMAL("):
        return kind.lower().replace(" ", "")
    if kind not in _PLAIN:
        raise NoTable(f"{dataset}.{name} is {kind}, which no table of Hive has.")
    return _PLAIN[kind]
