"""Queries made into files by the real engine, over datasets in memory."""

import csv
import io
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgspec
from msgspec.structs import astuple

from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetStore
from backend.engine.export import DuckEngine
from backend.engine.tuning import Tuning
from backend.protocol.formats import FORMATS
from backend.protocol.messages import Progress
from backend.protocol.parameters import complete
from backend.service.ports import Exported, FileOrder
from infra.local.datasets.partitioning import ByColumn, partition
from tests.backend.fakes import FakeDatasetStore

LIMITS = Limits(memory_mb=256, storage_mb=512)
QUICK = Tuning(interval_s=0.005)
Told = tuple[str, int, int | None, str]


def parquet(sql: str, options: str = "") -> bytes:
    """Return the rows of a query as a Parquet file."""
    with tempfile.TemporaryDirectory() as directory, duckdb.connect() as connection:
        path = Path(directory, "made.parquet")
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet {options})")
        return path.read_bytes()


def partitioned(dataset: str, sql: str, *by: ByColumn) -> dict[str, bytes]:
    """Return the rows of a query as the files of a partitioned dataset."""
    with tempfile.TemporaryDirectory() as directory:
        file, target = Path(directory, "made.parquet"), Path(directory, dataset)
        file.write_bytes(parquet(sql))
        partition(file, by, target)
        files = (path for path in target.rglob("*") if path.is_file())
        return {f"{dataset}/{path.relative_to(target)}": path.read_bytes() for path in files}


@dataclass
class Made:
    """What came of an export."""

    data: bytes
    exported: Exported
    told: list[Told]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a CSV file, without its header."""
        return self.lines[1:]

    @property
    def lines(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.data.decode(), newline="")))

    @property
    def preview(self) -> dict[str, Any]:
        document: dict[str, Any] = msgspec.json.decode(self.exported.preview)
        return document

    def values(self, select: str = "*") -> list[tuple[Any, ...]]:
        """Return what DuckDB reads from a Parquet file."""
        with tempfile.TemporaryDirectory() as directory, duckdb.connect() as connection:
            path = Path(directory, "made.parquet")
            path.write_bytes(self.data)
            return connection.execute(f"SELECT {select} FROM read_parquet('{path}')").fetchall()


def export(
    sql: str,
    store: DatasetStore | None = None,
    *,
    format: str = "csv",  # noqa: A002
    options: Mapping[str, Any] | None = None,
    limits: Limits = LIMITS,
    write: Callable[[bytes], None] | None = None,
    progress: Callable[..., None] | None = None,
    tuning: Tuning = QUICK,
    **query: Any,
) -> Made:
    """Make the file of a query."""
    data = bytearray()
    told: list[Told] = []

    def tell(step: Progress) -> None:
        told.append(astuple(step))
        if progress:
            progress(*astuple(step))

    exported = DuckEngine(store or FakeDatasetStore(), limits, tuning).export(
        Query(sql=sql, **query),
        FileOrder(format=format, title="Title", options=complete(FORMATS[format].options, options or {})),
        write or data.extend,
        tell,
    )
    return Made(bytes(data), exported, told)
