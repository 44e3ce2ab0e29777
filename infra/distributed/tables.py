"""The datasets as tables of a distributed engine: of those that reports read, the columns that are read.

backend.reports, compiled ──▶ **tables** ──▶ engine

They are external tables over the files as they lie in the bucket of datasets. Parquet's columns are found by their
names, so a table need not have all. Source: https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
"""

from collections.abc import Mapping, Sequence
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


def _hive(dataset: str, name: str, kind: str) -> str:
    if kind.startswith("DECIMAL("):
        return kind.lower().replace(" ", "")
    if kind not in _PLAIN:
        raise NoTable(f"{dataset}.{name} is {kind}, which no table of Hive has.")
    return _PLAIN[kind]
