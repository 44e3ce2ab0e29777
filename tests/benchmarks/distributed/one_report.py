"""One report on one engine, in a process of its own, as a worker makes it; its rows are hashed and not kept.

engines ── engine, report, folder ──▶ **python -m tests.benchmarks.distributed.one_report** ──▶ `Made`, as JSON
"""

import hashlib
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from backend.authoring.directories import Directories
from backend.domain.report import RemoteQuery
from backend.engine.budget import Limits
from backend.engine.datasets import DatasetFile
from backend.engine.distributed.attendance import Patience
from backend.engine.distributed.engine import Distribution, ReportEngine
from backend.engine.export import DuckEngine
from backend.protocol.formats import FORMATS
from backend.protocol.messages import Progress
from backend.protocol.parameters import complete
from backend.service.ports import FileOrder
from backend.trino.statements import Session, Statements
from backend.trino.trino_cluster import TrinoCluster
from infra.bundle import default_cache_dir
from infra.local.datasets import local_datasets
from infra.settings import Settings
from tests.benchmarks.distributed import asked
from tests.benchmarks.distributed.flights import DATASET
from tests.trino.node import CATALOG
from tests.trino.server import SCHEMA

WORKER = Settings(region="eu-west-1", stage="benchmark")
LIMITS = Limits.of_function(WORKER.worker_memory_mb, WORKER.worker_storage_mb)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made."""

    report: str
    flights: str
    """The directory of the dataset."""
    trino: str | None = None
    """The address of a coordinator; without one DuckDB runs the query."""
    landing: str = ""
    """The directory in which Trino leaves rows, and what it calls it."""
    address: str = ""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was made."""

    seconds: float
    cpu_s: float
    """The process's own."""
    peak_mb: float
    rows: int
    sha256: str


def datasets(flights: Path) -> Mapping[str, Path]:
    """Return the directory of each dataset, of which the flights are not the sample's."""
    return {**local_datasets.samples(default_cache_dir()), DATASET: flights}


@dataclass(frozen=True, slots=True)
class LandingDirectory:
    """A `cluster.Landing` on this machine."""

    path: Path
    of_engine: str

    def address(self, folder: str) -> str:
        """Return the address of a folder."""
        return f"{self.of_engine}/{folder}/"

    def files(self, dataset: str) -> tuple[DatasetFile, ...]:
        """Return the files with rows in a folder."""
        found = sorted(each for each in (self.path / dataset).glob("[!._]*") if each.stat().st_size)
        then = datetime.fromtimestamp(0, UTC)
        return tuple(DatasetFile(f"{dataset}/{each.name}", each.stat().st_size, then, "etag") for each in found)

    def read(self, file: DatasetFile, start: int, length: int) -> bytes:
        """Return bytes of a file."""
        with (self.path / file.name).open("rb") as opened:
            opened.seek(start)
            return opened.read(length)

    def delete(self, folder: str) -> None:
        """Delete a folder."""
        shutil.rmtree(self.path / folder, ignore_errors=True)


@dataclass
class Job:
    """A `ports.Job` whose row nobody else has."""

    report_id: str = "00000000-0000-4000-8000-000000000001"
    folder: str = "rows"
    query: RemoteQuery | None = None

    def progress(self, _: Progress) -> None:
        """Tell nobody."""

    def keep(self, _: Progress, query: RemoteQuery) -> bool:
        """Keep the query."""
        self.query = query
        return True


def make(order: Order) -> Made:
    """Make the report as CSV."""
    engine = ReportEngine(DuckEngine(Directories(datasets(Path(order.flights))), LIMITS), _distribution(order))
    query, job = asked.query(order.report, "distributed" if order.trino else "duckdb"), Job()
    file = FileOrder(format="csv", title="Benchmark", options=complete(FORMATS["csv"].options, {}))
    hashed, began = hashlib.sha256(), time.perf_counter()
    try:
        exported = engine.export(query, file, hashed.update, job)
    finally:
        seconds = time.perf_counter() - began
        if job.query:
            engine.clean(job.query, job.folder)
    status = Path("/proc/self/status").read_text().splitlines()
    (peak_kb,) = (int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    return Made(
        seconds=seconds,
        cpu_s=time.process_time(),
        peak_mb=peak_kb * 1024 / 1e6,
        rows=exported.row_count,
        sha256=hashed.hexdigest(),
    )


def _distribution(order: Order) -> Distribution | None:
    if order.trino is None:
        return None
    return Distribution(
        cluster=TrinoCluster(Statements(order.trino, Session(user="tests", catalog=CATALOG, schema=SCHEMA))),
        landing=LandingDirectory(Path(order.landing), order.address),
        patience=Patience(clock=lambda: datetime.now(UTC), sleep=time.sleep),
        largest_bytes=0,
        dataset_bytes=lambda _: 1,
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(make(msgspec.json.decode(sys.argv[1], type=Order))))
