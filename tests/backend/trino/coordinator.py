"""A real Trino of one process, over buckets of the emulator, for as long as the tests run.

server archive, buckets ──▶ **running** ──▶ address of the coordinator
"""

import os
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.engine.distributed.cluster import ClusterBusy, ClusterRefused, ClusterSilent
from backend.trino.statements import Session, Statements

VERSION = "476"
ARCHIVE = Path.home() / f".m2/repository/io/trino/trino-server/{VERSION}/trino-server-{VERSION}.tar.gz"
"""As Maven leaves it."""
CATALOG, SCHEMA = "hive", "reportwire"
SESSION = Session(user="reportwire", catalog=CATALOG, schema=SCHEMA)
JAVA_VERSION = 25
STARTS_WITHIN_S = 180.0
JVM_OPTIONS = (
    *("-Xmx2G", "-XX:ReservedCodeCacheSize=256M", "-Djdk.attach.allowAttachSelf=true", "-Dfile.encoding=UTF-8"),
    *("--add-modules=jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow"),
    "--enable-native-access=ALL-UNNAMED",
)
"""Source: https://trino.io/docs/476/installation/deployment.html"""


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
    """Yield the address of a coordinator that runs queries itself; end it afterwards."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with _node(place, "coordinator", port, f"discovery.uri={url}\ncoordinator=true\n") as process:
        _wait(Statements(url, SESSION), process, place.work / "coordinator/log")
        yield url


@contextmanager
def joined(place: Place, url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield the process of a worker that is to join a coordinator."""
    with _node(place, "worker", _free_port(), f"discovery.uri={url}\ncoordinator=false\n") as process:
        yield process


@contextmanager
def _node(place: Place, name: str, port: int, settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    program, work = _unpacked(place.home), place.work / name
    _configure(place, work, f"http-server.http.port={port}\n{settings}")
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(_command(program, work, name), stdout=log, stderr=log, cwd=work)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def run(statements: Statements, sql: str) -> None:
    """Run a statement to its end."""
    answer = statements.send(sql, "tests")
    while answer.next_path is not None:
        answer = statements.follow(answer.next_path)
    if answer.error is not None:
        raise RuntimeError(f"{answer.error.error_name}: {sql}")


def _unpacked(home: Path) -> Path:
    place = home / f"trino-server-{VERSION}"
    if not place.exists():
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(home, filter="tar")
    return place


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _configure(place: Place, work: Path, settings: str) -> None:
    texts = {
        "etc/config.properties": (
            f"{settings}node-scheduler.include-coordinator=true\n"
            "query.max-memory=1GB\nquery.max-memory-per-node=1GB\ncatalog.management=static\n"
        ),
        "etc/log.properties": "io.trino=WARN\n",
        f"etc/catalog/{CATALOG}.properties": (
            "connector.name=hive\nhive.metastore=file\nhive.metastore.catalog.dir=local:///metastore\n"
            f"fs.native-local.enabled=true\nlocal.location={place.work / 'files'}\n"
            f"fs.native-s3.enabled=true\ns3.endpoint={place.s3}\ns3.region=eu-west-1\ns3.path-style-access=true\n"
            f"s3.aws-access-key={place.key}\ns3.aws-secret-key={place.secret}\n"
            "hive.timestamp-precision=MICROSECONDS\nhive.non-managed-table-writes-enabled=true\n"
        ),
    }
    (place.work / "files").mkdir(exist_ok=True)
    for name, text in texts.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)


def _command(program: Path, work: Path, name: str) -> list[str]:
    plugins = work / "plugin"
    plugins.mkdir()
    (plugins / "hive").symlink_to(program / "plugin/hive")  # the only one that is needed: each takes time to load
    places = {
        "node.environment": "tests",
        "node.id": name,
        "node.data-dir": str(work / "data"),
        "config": str(work / "etc/config.properties"),
        "log.levels-file": str(work / "etc/log.properties"),
        "catalog.config-dir": str(work / "etc/catalog"),
        "plugin.dir": str(plugins),
    }
    options = (f"-D{name}={value}" for name, value in places.items())
    return [str(_java()), *JVM_OPTIONS, *options, "-cp", f"{program / 'lib'}/*", "io.trino.server.TrinoServer"]


def _java() -> Path:
    """Return the Java of the environment, else one of the right version where systems keep theirs."""
    named = os.environ.get("TRINO_JAVA_HOME")
    homes = [Path(named)] if named else sorted(Path("/usr/lib/jvm").glob(f"*{JAVA_VERSION}*"))
    assert homes, f"Trino {VERSION} needs Java {JAVA_VERSION}: set TRINO_JAVA_HOME"
    return homes[0] / "bin/java"


def _wait(statements: Statements, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a statement runs: the server says that it is up before it has a node for any."""
    until = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            run(statements, "SELECT 1")
        except (ClusterBusy, ClusterRefused, ClusterSilent, RuntimeError):
            assert process.poll() is None, log.read_text()[-4_000:]
            assert time.monotonic() < until, log.read_text()[-4_000:]
            time.sleep(0.5)
        else:
            return
