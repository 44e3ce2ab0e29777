"""The engine as the worker runs it, with the memory a worker has, reading its dataset from a file instead of S3.

peers/run.py ──▶ **csv, parquet, xlsx** ──▶ `DuckEngine` ──▶ the sink
"""

from pathlib import Path
from typing import BinaryIO

from backend.authoring.directories import Directories
from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.export import DuckEngine
from backend.protocol.formats import FORMATS
from backend.protocol.parameters import complete
from backend.service.ports import FileOrder
from infra.settings import Settings

DATASET = "benchmark"
WORKER = Settings(region="eu-west-1", stage="benchmark")
LIMITS = Limits.of_function(WORKER.worker_memory_mb, WORKER.worker_storage_mb)


def at(source: Path) -> Directories:
    """Return the datasets of which one is the directory of `source`, which has it to itself."""
    return Directories({DATASET: source.parent})


def csv(source: Path, sink: BinaryIO) -> int:
    """Write CSV."""
    return _export(source, sink, "csv")


def parquet(source: Path, sink: BinaryIO) -> int:
    """Write Parquet."""
    return _export(source, sink, "parquet")


def xlsx(source: Path, sink: BinaryIO) -> int:
    """Write XLSX."""
    return _export(source, sink, "xlsx")


def _export(source: Path, sink: BinaryIO, file_format: str) -> int:
    engine = DuckEngine(at(source), LIMITS)
    order = FileOrder(format=file_format, title="Benchmark", options=complete(FORMATS[file_format].options, {}))
    query = Query(sql=f"SELECT * FROM {DATASET}", datasets=(DATASET,))

    def write(data: bytes) -> None:
        sink.write(data)

    return engine.export(query, order, write, lambda *_: None).row_count
