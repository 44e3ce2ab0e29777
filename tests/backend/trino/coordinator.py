"""A real Trino of one process, over buckets of the emulator, for as long as the tests run.

server archive, buckets ──▶ **running** ──▶ address of the coordinator
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent
from backend.trino.statements import Session, Statements
from tests.trino import versions
from tests.trino.node import CATALOG, MEMORY_MB, NotReady, Setup, free_port, node, wait
from tests.trino.versions import Bucket

SCHEMA = "reportwire"
SESSION = Session(user="reportwire", catalog=CATALOG, schema=SCHEMA)


@dataclass(frozen=True)
class Place:
    """Where a Trino is unpacked, where it works, how it reads S3, and whether it does lost work again."""

    home: Path
    work: Path
    s3: str
    key: str
    secret: str
    repeats_tasks: bool = False
    region: str = "eu-west-1"
    port: int | None = None
    """Of the coordinator; None for a free one."""
    memory_mb: int = MEMORY_MB


REPEATING = """retry-policy=TASK
fault-tolerant-execution-task-memory=400MB
fault-tolerant-execution-coordinator-task-memory=200MB
query.remote-task.max-error-duration=10s
"""
"""Tasks that a node as small as these has room for, and whose node is given up for lost after so long.

Source: https://trino.io/docs/476/admin/fault-tolerant-execution.html
"""


@contextmanager
def running(place: Place) -> Iterator[str]:
    """Yield the address of a coordinator that runs queries itself, in a schema without tables; end it afterwards."""
    with started(place, works=True) as (process, url):
        wait_until_ready(place, process, url)
        yield url


@contextmanager
def started(place: Place, *, works: bool) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Yield the process of a coordinator, which runs queries itself or leaves that to workers, and its address."""
    port = place.port or free_port()
    url = f"http://127.0.0.1:{port}"
    settings = f"discovery.uri={url}\ncoordinator=true\nnode-scheduler.include-coordinator={str(works).lower()}\n"
    with _node(place, "coordinator", port, settings) as process:
        yield process, url


def wait_until_ready(place: Place, process: "subprocess.Popen[bytes]", url: str) -> None:
    """Wait until statements run; one that has workers needs these to have joined."""
    wait(process, place.work / "coordinator/log", lambda: _ask(Statements(url, SESSION)))


@contextmanager
def joined(place: Place, url: str, name: str = "worker") -> Iterator["subprocess.Popen[bytes]"]:
    """Yield the process of a worker that is to join a coordinator."""
    with _node(place, name, free_port(), f"discovery.uri={url}\ncoordinator=false\n") as process:
        yield process


@contextmanager
def _node(place: Place, name: str, port: int, settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    files, version = place.work / "files", versions.chosen()
    files.mkdir(exist_ok=True)
    lines = f"http-server.http.port={port}\n{settings}{REPEATING if place.repeats_tasks else ''}"
    bucket = Bucket(url=place.s3, region=place.region, key=place.key, secret=place.secret)
    catalog = f"{version.of_files(files)}{version.of_bucket(bucket)}hive.non-managed-table-writes-enabled=true\n"
    exchange = place.work / "exchange" if place.repeats_tasks else None
    setup = Setup(settings=lines, catalog=catalog, memory_mb=place.memory_mb, exchange=exchange)
    with node(place.home, place.work / name, name, setup) as process:
        yield process


def run(statements: Statements, sql: str) -> None:
    """Run a statement to its end."""
    answer = statements.send(sql, "tests")
    while answer.next_path is not None:
        answer = statements.follow(answer.next_path)
    if answer.error is not None:
        raise RuntimeError(f"{answer.error.error_name}: {sql}")


def _ask(statements: Statements) -> None:
    """Make the schema, and read a table in it: nodes for the files of a catalog are there later than the first node."""
    try:
        run(statements, f"CREATE SCHEMA IF NOT EXISTS {CATALOG}.{SCHEMA}")
        run(statements, "CREATE TABLE IF NOT EXISTS ready AS SELECT 1 AS one")
        run(statements, "SELECT count(*) FROM ready")
        run(statements, "DROP TABLE ready")
    except (ClusterBusy, ClusterRefused, ClusterSilent, RuntimeError) as error:
        raise NotReady from error
