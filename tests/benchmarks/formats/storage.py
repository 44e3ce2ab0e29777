"""The whole way: a request over the WebSocket, a worker that reads its dataset from S3 and stores the file there.

formats ──▶ **measure** ──▶ local backend ──▶ the report `flights` over as many years as it takes

Emulator, worker and client share the machine, so a file takes longer than from a worker that has its cores for itself.
"""

import asyncio
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from desktop.sign_in.profiles import Profile
from infra.bundle import default_cache_dir
from infra.local import backend
from infra.local.backend import LocalBackend
from infra.local.datasets import local_datasets
from tests.flows.plain import connected, hear

FLIGHTS_A_YEAR = 336_776
FIRST_YEAR = 2013
LONGEST_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One report from the request to the link."""

    format: str
    rows: int
    size_bytes: int
    seconds: float
    claim_to_progress_s: float
    peak_mb: float


def measure(formats: Sequence[str], rows: int, scratch: Path) -> list[Delivery]:
    """Make the report in each format, of at least so many rows; a backend of its own for each, for its peak memory."""
    years = -(-rows // FLIGHTS_A_YEAR)
    make_flights(scratch / "flights", years)
    return [_deliver(each, years, scratch) for each in formats]


def make_flights(directory: Path, years: int) -> None:
    """Write the flights of 2013 as those of every year from then on, a file each."""
    directory.mkdir(exist_ok=True)
    flown = local_datasets.samples(default_cache_dir())["flights"]
    with duckdb.connect() as connection:
        for later in range(years):
            year = FIRST_YEAR + later
            moved = f"(date + INTERVAL {later} YEAR)::DATE AS date, {year} AS year"
            rows = f"SELECT * REPLACE ({moved}) FROM '{flown}/*.parquet'"
            connection.execute(f"COPY ({rows}) TO '{directory}/{year}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def _deliver(file_format: str, years: int, own_data: Path) -> Delivery:
    with backend.running(own_data=own_data) as local:
        asyncio.run(_generate(local, file_format, FIRST_YEAR, FIRST_YEAR))  # the worker is warm after this
        began = datetime.now(UTC)
        first, last = asyncio.run(_generate(local, file_format, FIRST_YEAR, FIRST_YEAR + years - 1))
        seconds = (datetime.now(UTC) - began).total_seconds()
        return Delivery(
            format=file_format,
            rows=last["result"]["rowCount"],
            size_bytes=last["result"]["sizeBytes"],
            seconds=seconds,
            claim_to_progress_s=(first - datetime.fromisoformat(last["startedAt"])).total_seconds(),
            peak_mb=peak_mb(local),
        )


async def _generate(local: LocalBackend, file_format: str, start: int, end: int) -> tuple[datetime, dict[str, Any]]:
    """Return when the first progress arrived, and the last snapshot."""
    parameters = {"start": f"{start}-01-01", "end": f"{end}-12-31"}
    asked = {"reportId": str(uuid.uuid4()), "definition": "flights", "parameters": parameters, "format": file_format}
    first: datetime | None = None
    async with asyncio.timeout(LONGEST_S), connected(msgspec.convert(local.profile, Profile)) as connection:
        await connection.send(json.dumps({"action": "generateReport", "data": asked}))
        while True:
            report = (await hear(connection))["report"]
            if first is None and report["progress"] is not None:
                first = datetime.now(UTC)
            if report["finishedAt"]:
                break
    if report["state"] != "SUCCEEDED" or first is None:
        raise RuntimeError(f"the report ended as {report}")
    return first, report


def peak_mb(local: LocalBackend) -> float:
    """Return the most memory, in MB, that any process of the worker function ever held."""
    workers = [process for process in Path("/proc").glob("[0-9]*") if _is_worker(process, local)]
    lines = [line for process in workers for line in (process / "status").read_text().splitlines()]
    return max(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:"))


def _is_worker(process: Path, local: LocalBackend) -> bool:
    try:
        command = (process / "cmdline").read_text()
        leader = (process / "stat").read_text().rsplit(")", 1)[1].split()[2]
    except OSError:
        return False
    return int(leader) == local.pid and str(local.outputs["workerFunction"]) in command


def table(deliveries: Sequence[Delivery]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| format | rows | request to link | rows/s | MB | claim to first progress | worker's peak MB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for each in deliveries:
        yield (
            f"| {each.format} | {each.rows:,} | {each.seconds:.1f} s | {each.rows / each.seconds:,.0f} "
            f"| {each.size_bytes / 1e6:,.0f} | {each.claim_to_progress_s:.2f} s | {each.peak_mb:,.0f} |"
        )
