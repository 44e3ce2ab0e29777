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
from tests.trino.node import CATALOG, NotReady, free_port, node, wait

SCHEMA = "reportwire"
SESSION = Session(user="reportwire", catalog=CATALOG, schema=SCHEMA)


@dataclass(frozen=True)
class Place:
    """Where a Trino is unpacked, where it works, and how it reads S3."""

    home: Path
    work: Path
    s3: str
    key: str
    secret: str


@contextmanager
def running(place: Place) -> Iterator[str]:
    """Yield the address of a coordinator that runs queries itself, in a schema without tables; end it afterwards."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with _node(place, "coordinator", port, f"discovery.uri={url}\ncoordinator=true\n") as process:
        wait(process, place.work / "coordinator/log", lambda: _ask(Statements(url, SESSION)))
        yield url


@contextmanager
def joined(place: Place, url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield the process of a worker that is to join a coordinator."""
    with _node(place, "worker", free_port(), f"discovery.uri={url}\ncoordinator=false\n") as process:
        yield process


@contextmanager
def _node(place: Place, name: str, port: int, settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    files = place.work / "files"
    files.mkdir(exist_ok=True)
    catalog = (
        f"local.location={files}\nfs.native-s3.enabled=true\ns3.endpoint={place.s3}\ns3.region=eu-west-1\n"
        f"s3.path-style-access=true\ns3.aws-access-key={place.key}\ns3.aws-secret-key={place.secret}\n"
        "hive.non-managed-table-writes-enabled=true\n"
    )
    with node(place.home, place.work / name, name, f"http-server.http.port={port}\n{settings}", catalog) as process:
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
