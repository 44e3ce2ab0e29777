"""The same reports on DuckDB in one worker and on a Trino of one node, over the same files on this machine.

distributed ──▶ **compare** ──▶ one_report, a process each; Trino
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import httpx
import msgspec

from infra.bundle import ROOT, default_cache_dir
from tests.benchmarks.distributed import flights
from tests.benchmarks.distributed.one_report import Made, Order, datasets
from tests.trino import versions
from tests.trino.server import HIVE_TYPES, SCHEMA, Trino, running

LONGEST_S = 900.0
"""A worker's whole time: a report that takes longer is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One report on both."""

    report: str
    rows: int
    """Of the dataset."""
    near: Made | None
    """By DuckDB; None where it was not made in the worker's time, or failed."""
    far: Made | None
    """By Trino, likewise: the process is the worker's."""
    trino_mb: float
    """The most memory that Trino's queries had."""
    trino_cpu_s: float
    load: float
    """The load average when both were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A Trino with the datasets as its tables."""

    trino: Trino
    flights: Path
    landing: Path

    def order(self, report: str, *, is_far: bool) -> Order:
        """Return the order for a report."""
        if not is_far:
            return Order(report=report, flights=str(self.flights))
        address = f"{versions.chosen().place(self.landing.parent)}/{self.landing.name}"
        landing = str(self.landing)
        return Order(report=report, flights=str(self.flights), trino=self.trino.url, landing=landing, address=address)


@contextmanager
def site(data: Path, times: int, memory_mb: int) -> Iterator[Site]:
    """Yield a Trino with so large a heap, over flights in a directory, each so often, and their partitions."""
    with tempfile.TemporaryDirectory(dir=data.parent) as scratch, duckdb.connect() as connection:
        work, flat = Path(scratch), Path(scratch) / "flat"
        flights.link(data, flat, times)
        with running(default_cache_dir() / "trino", work, memory_mb) as trino:
            for name, directory in datasets(flat).items():
                described = connection.execute(f"DESCRIBE FROM '{directory}/*.parquet'").fetchall()
                columns = {column: kind for column, kind, *_ in described}
                if name == flights.DATASET:
                    _add_partitioned(trino, columns, data, times)
                else:
                    trino.add(name, columns, directory)
            (work / "files/landing").mkdir()
            yield Site(trino=trino, flights=flat, landing=work / "files/landing")


def _add_partitioned(trino: Trino, columns: dict[str, str], data: Path, times: int) -> None:
    flights.link(data, trino.files / flights.DATASET, times, is_flat=False)
    keyed = {**columns, flights.MONTH.name: flights.MONTH.type}
    listed = ", ".join(f'"{column}" {HIVE_TYPES.get(kind, kind)}' for column, kind in keyed.items())
    options = (
        f"external_location = '{versions.chosen().place(trino.files)}/{flights.DATASET}', format = 'PARQUET', "
        f"partitioned_by = ARRAY['{flights.MONTH.name}']"
    )
    trino.rows(f"CREATE TABLE {flights.DATASET} ({listed}) WITH ({options})")
    trino.rows(f"CALL system.sync_partition_metadata('{SCHEMA}', '{flights.DATASET}', 'FULL')")


def compare(there: Site, reports: Sequence[str], rows: int) -> Iterator[Compared]:
    """Yield each report, made by one after the other.

    Raises:
        RuntimeError: They made different files.
    """
    for report in reports:
        near, far = _made(there.order(report, is_far=False)), _made(there.order(report, is_far=True))
        if near and far and near.sha256 != far.sha256:
            raise RuntimeError(f"{report}: the files differ: {near}, {far}")
        memory_mb, cpu_s = _spent(there.trino)
        yield Compared(
            report=report,
            rows=rows,
            near=near,
            far=far,
            trino_mb=memory_mb,
            trino_cpu_s=cpu_s,
            load=os.getloadavg()[0],
        )


def _made(order: Order) -> Made | None:
    command = [sys.executable, "-m", "tests.benchmarks.distributed.one_report", msgspec.json.encode(order).decode()]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT, timeout=LONGEST_S, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{order.report}: {type(error).__name__}\n")
        return None
    return msgspec.json.decode(done.stdout, type=Made)


def _spent(trino: Trino) -> tuple[float, float]:
    """Return the peak memory, in MB, and the processor time of the last query that made a table."""
    made = "query LIKE 'CREATE TABLE \"reportwire%'"
    ((query,),) = trino.rows(f"SELECT max(query_id) FROM system.runtime.queries WHERE {made}")
    answer = httpx.get(f"{trino.url}/v1/query/{query}", headers={"X-Trino-User": "tests"}, trust_env=False)
    stats = answer.raise_for_status().json()["queryStats"]
    return number(stats["peakTotalMemoryReservation"]) / 1e6, number(stats["totalCpuTime"])


_UNITS = {"B": 1, "kB": 2**10, "MB": 2**20, "GB": 2**30, "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def number(text: str) -> float:
    """Return bytes or seconds, as airlift writes them: `1.5GB`, `250.00ms`."""
    digits = text.rstrip("BGMhkmnsu")
    return float(digits) * _UNITS[text[len(digits) :]]


def table(compared: Sequence[Compared]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield (
        "| flights | report | DuckDB, s | processor s | worker's peak MB | Trino, s | processor s | query's peak MB "
        "| worker's peak MB |"
    )
    yield "|---:|---|---:|---:|---:|---:|---:|---:|---:|"
    for each in compared:
        near = _cells(each.near, each.near.cpu_s if each.near else 0)
        far = _cells(each.far, each.far.cpu_s + each.trino_cpu_s if each.far else 0)
        seconds, cpu_s, worker_mb = far
        cells = [f"{each.rows / 1e6:,.0f} M", each.report, *near, seconds, cpu_s, f"{each.trino_mb:,.0f}", worker_mb]
        yield f"| {' | '.join(cells)} |"


def _cells(made: Made | None, cpu_s: float) -> tuple[str, str, str]:
    return (f"{made.seconds:.1f}", f"{cpu_s:.1f}", f"{made.peak_mb:,.0f}") if made else ("none", "", "")
