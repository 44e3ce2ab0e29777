"""The whole way: a request over the WebSocket, a worker that sends the query to Trino, and the file behind the link.

distributed ──▶ **measure** ──▶ local backend, Trino over its buckets ──▶ `Delivery`

The stack is as the program declares it with `distributedEngine: trino` and the least `distributedFromGb`; reports leave
the choice. Emulator, Trino and worker share the machine.
"""

import asyncio
import hashlib
import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx
import msgspec

from backend.trino.statements import Statements
from desktop.sign_in.profiles import Profile
from infra.bundle import default_cache_dir
from infra.local import backend
from infra.local.backend import LocalBackend
from tests.backend.trino import coordinator, sites
from tests.benchmarks.distributed import asked, flights
from tests.benchmarks.distributed.one_report import Order, datasets, make
from tests.benchmarks.formats.storage import peak_mb
from tests.flows.plain import connected, hear
from tests.trino.node import free_port
from tests.trino.server import HIVE_TYPES

LONGEST_S = 1_800.0
FROM_GB = "1"
ON_DISK = {"S3_PERSIST": "1"}
"""The emulator keeps the contents of buckets in files then, and not in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One report from the request to its file."""

    report: str
    rows: int
    """Of the dataset."""
    seconds: float
    """From the request to the link."""
    scanned_mb: float | None
    """What Trino read; None where DuckDB made it."""
    result_rows: int
    is_same: bool
    """Whether the file is, byte for byte, that of DuckDB over the same files."""
    worker_mb: float
    """The most memory that any worker ever had."""
    load: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The product with a Trino."""

    local: LocalBackend
    flights: Path
    """The flights, as they are in the bucket."""


def measure(data: Path, rows: int, reports: Sequence[str], heap_mb: int) -> Iterator[Delivery]:
    """Yield each report, made by one after the other."""
    with site(data, heap_mb) as there:
        for report in reports:
            yield _deliver(there, report, rows)


@contextmanager
def site(data: Path, heap_mb: int) -> Iterator[Site]:
    """Yield a local backend whose stack has a Trino with so large a heap, over flights in a directory."""
    port = free_port()
    settings = {
        "distributedEngine": "trino",
        "distributedFromGb": FROM_GB,
        "trinoUrl": f"http://127.0.0.1:{port}",
        "trinoSchema": coordinator.SCHEMA,
        "datasetPartitions": f"{flights.DATASET}={flights.MONTH}",
    }
    with tempfile.TemporaryDirectory(dir=data.parent) as scratch:
        own, work = Path(scratch) / "datasets", Path(scratch) / "trino"
        own.mkdir()
        work.mkdir()
        (own / flights.DATASET).symlink_to(data)
        with backend.running(own_data=own, variables=ON_DISK, settings=settings) as local:
            key, secret = sites.trino_user(local.client("iam"))
            home = default_cache_dir() / "trino"
            address: dict[str, Any] = {"region": local.region, "port": port, "memory_mb": heap_mb}
            place = coordinator.Place(home, work, local.endpoint_url, key, secret, **address)
            with coordinator.running(place) as url:
                _add_tables(Statements(url, coordinator.SESSION), data, local.outputs["datasetsBucket"])
                yield Site(local=local, flights=data)


def _add_tables(statements: Statements, data: Path, bucket: str) -> None:
    """Make a table of each dataset; that of the flights has months, which the worker enters."""
    with duckdb.connect() as connection:
        for name, directory in datasets(data).items():
            files, columns = f"{directory}/*.parquet", {}
            options = f"external_location = 's3://{bucket}/{name}/', format = 'PARQUET'"
            if name == flights.DATASET:
                files, columns = f"{directory}/*/*.parquet", {flights.MONTH.name: flights.MONTH.type}
                options += f", partitioned_by = ARRAY['{flights.MONTH.name}']"
            described = connection.execute(
                f"DESCRIBE FROM read_parquet('{files}', hive_partitioning = false)"
            ).fetchall()
            all_columns = {**{column: kind for column, kind, *_ in described}, **columns}
            listed = ", ".join(f'"{column}" {HIVE_TYPES.get(kind, kind)}' for column, kind in all_columns.items())
            coordinator.run(statements, f"CREATE TABLE {name} ({listed}) WITH ({options})")


def _deliver(there: Site, report: str, rows: int) -> Delivery:
    began = time.perf_counter()
    last = asyncio.run(_generate(there.local, report))
    seconds = time.perf_counter() - began
    load, worker_mb = os.getloadavg()[0], peak_mb(there.local)
    content = httpx.get(last["link"]["url"], trust_env=False, timeout=60).raise_for_status().content
    alone = make(Order(report=report, flights=str(there.flights)))
    scanned = last["result"].get("bytesScanned")
    return Delivery(
        report=report,
        rows=rows,
        seconds=seconds,
        scanned_mb=None if scanned is None else scanned / 1e6,
        result_rows=last["result"]["rowCount"],
        is_same=hashlib.sha256(content).hexdigest() == alone.sha256 == last["result"]["sha256"],
        worker_mb=worker_mb,
        load=load,
    )


async def _generate(local: LocalBackend, report: str) -> dict[str, Any]:
    """Return the last snapshot."""
    parameters = dict(asked.REPORTS[report])
    order = {"reportId": str(uuid.uuid4()), "definition": report, "parameters": parameters, "format": "csv"}
    async with asyncio.timeout(LONGEST_S), connected(msgspec.convert(local.profile, Profile)) as connection:
        await connection.send(json.dumps({"action": "generateReport", "data": order}))
        while True:
            message: dict[str, Any] = await hear(connection)
            if "report" not in message:
                raise RuntimeError(f"refused: {message}")
            if message["report"]["finishedAt"]:
                break
    if message["report"]["state"] != "SUCCEEDED":
        raise RuntimeError(f"the report ended as {message['report']}")
    return dict(message["report"])


def table(deliveries: Iterator[Delivery]) -> Iterator[str]:
    """Yield the lines of the table, as the reports come."""
    yield "| flights | report | made by | request to link, s | Trino read, MB | rows | file | worker's peak MB | load |"
    yield "|---:|---|---|---:|---:|---:|---|---:|---:|"
    for each in deliveries:
        by, scanned = ("DuckDB", "") if each.scanned_mb is None else ("Trino", f"{each.scanned_mb:,.0f}")
        same = "the same" if each.is_same else "**another**"
        cells = [f"{each.rows / 1e6:,.0f} M", each.report, by, f"{each.seconds:.1f}", scanned, f"{each.result_rows:,}"]
        yield f"| {' | '.join([*cells, same, f'{each.worker_mb:,.0f}', f'{each.load:.1f}'])} |"
