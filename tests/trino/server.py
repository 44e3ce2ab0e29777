"""A Trino of one process over local Parquet files, for as long as the tests run.

server archive, Parquet files ──▶ **running** ──▶ `Trino` ── SQL ──▶ rows
"""

import math
import os
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

VERSION = "476"
ARCHIVE = Path.home() / f".m2/repository/io/trino/trino-server/{VERSION}/trino-server-{VERSION}.tar.gz"
"""As Maven leaves it."""
STARTS_WITHIN_S = 180
JAVA_VERSION = 25
CATALOG, SCHEMA = "hive", "reports"
JVM_OPTIONS = (
    "-Xmx2G",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:ReservedCodeCacheSize=256M",
    "-Djdk.attach.allowAttachSelf=true",
    "-Dfile.encoding=UTF-8",
    "--add-modules=jdk.incubator.vector",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)
"""Source: https://trino.io/docs/476/installation/deployment.html"""
CAPABILITIES = {"X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME"}
"""Without it the answer has times rounded to milliseconds."""
HIVE_TYPES = {"TIMESTAMP": "timestamp(6)", "FLOAT": "real"}
"""Types of DuckDB that Trino's Hive tables call something else."""


class QueryRefused(Exception):
    """Trino refused a statement, or failed at it."""


class Trino:
    """A Trino that answers."""

    def __init__(self, url: str, files: Path) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self._files = files

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement as values of Python."""
        return self.answer(sql)[1]

    def answer(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the types of the columns, and the rows as values of Python.

        Source: https://trino.io/docs/476/develop/client-protocol.html
        """
        headers = {"X-Trino-User": "tests", "X-Trino-Catalog": CATALOG, "X-Trino-Schema": SCHEMA, **CAPABILITIES}
        answer = self._http.post("/v1/statement", content=sql.encode(), headers=headers).raise_for_status().json()
        types: list[str] = []
        rows: list[tuple[Any, ...]] = []
        while True:
            if "error" in answer:
                raise QueryRefused(f"{answer['error']['errorName']}: {answer['error']['message']}")
            types = [column["type"] for column in answer.get("columns", ())] or types
            rows += (tuple(map(_value, row, types)) for row in answer.get("data", ()))
            if "nextUri" not in answer:
                return types, rows
            answer = self._http.get(answer["nextUri"]).raise_for_status().json()

    def add(self, table: str, columns: Mapping[str, str], directory: Path) -> None:
        """Make a table of a directory of Parquet files, with DuckDB's types of its columns."""
        place = self._files / table
        place.mkdir()
        for file in directory.glob("*.parquet"):
            os.link(file, place / file.name) if _are_on_one_disk(file, place) else (place / file.name).write_bytes(
                file.read_bytes()
            )
        listed = ", ".join(f'"{name}" {HIVE_TYPES.get(kind, kind)}' for name, kind in columns.items())
        self.rows(f"DROP TABLE IF EXISTS {table}")
        self.rows(f"CREATE TABLE {table} ({listed}) WITH (external_location = 'local:///{table}', format = 'PARQUET')")


def _are_on_one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


@contextmanager
def running(home: Path, work: Path) -> Iterator[Trino]:
    """Yield a Trino, unpacked in `home` if need be, whose files are in `work`; end it afterwards."""
    program = _unpacked(home)
    port = _free_port()
    files = work / "files"
    files.mkdir()
    _configure(work, port)
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(_command(program, work), stdout=log, stderr=log, cwd=work)
        trino = Trino(f"http://127.0.0.1:{port}", files)
        try:
            _wait(trino, process, work / "log")
            trino.rows(f"CREATE SCHEMA {CATALOG}.{SCHEMA}")
            yield trino
        finally:
            trino.close()
            process.terminate()
            process.wait(30)


def _unpacked(home: Path) -> Path:
    """Return the server's directory, with what it needs of the archive: links in it lead to other plugins."""
    place = home / f"trino-server-{VERSION}"
    if not place.exists():
        assert ARCHIVE.exists(), f"{ARCHIVE} is wanted: tests/README.md says how to get it"
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(home / "unpacking", filter="tar")
        (home / "unpacking" / place.name).rename(place)
    return place


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _configure(work: Path, port: int) -> None:
    texts = {
        "etc/node.properties": f"node.environment=tests\nnode.id=tests\nnode.data-dir={work / 'data'}\n",
        "etc/config.properties": (
            "coordinator=true\nnode-scheduler.include-coordinator=true\n"
            f"http-server.http.port={port}\ndiscovery.uri=http://127.0.0.1:{port}\n"
            "query.max-memory=1GB\nquery.max-memory-per-node=1GB\ncatalog.management=static\n"
        ),
        "etc/log.properties": "io.trino=WARN\n",
        f"etc/catalog/{CATALOG}.properties": (
            "connector.name=hive\nhive.metastore=file\nhive.metastore.catalog.dir=local:///metastore\n"
            f"fs.native-local.enabled=true\nlocal.location={work / 'files'}\n"
            "hive.timestamp-precision=MICROSECONDS\nhive.storage-format=PARQUET\n"
        ),
    }
    for name, text in texts.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)


def _command(program: Path, work: Path) -> list[str]:
    places = {
        "node.environment": "tests",
        "node.data-dir": str(work / "data"),
        "config": str(work / "etc/config.properties"),
    }
    places |= {"log.levels-file": str(work / "etc/log.properties"), "plugin.dir": str(_plugins(program, work))}
    places |= {"catalog.config-dir": str(work / "etc/catalog"), "node.id": "tests"}
    return [
        str(_java()),
        *JVM_OPTIONS,
        *(f"-D{name}={value}" for name, value in places.items()),
        "-cp",
        f"{program / 'lib'}/*",
        "io.trino.server.TrinoServer",
    ]


def _java() -> Path:
    """Return the Java that this Trino runs on, which is seldom the machine's usual one."""
    homes = [Path(os.environ["TRINO_JAVA_HOME"])] if "TRINO_JAVA_HOME" in os.environ else []
    homes += sorted(Path("/usr/lib/jvm").glob(f"*{JAVA_VERSION}*"))
    assert homes, f"Java {JAVA_VERSION} is wanted: TRINO_JAVA_HOME says where it is"
    return homes[0] / "bin/java"


def _plugins(program: Path, work: Path) -> Path:
    """Return a directory with the only plugin that is needed: each takes time to load."""
    place = work / "plugin"
    place.mkdir()
    (place / "hive").symlink_to(program / "plugin/hive")
    return place


def _wait(trino: Trino, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a statement runs: the server says that it is up before it has a node for any."""
    until = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            assert trino.rows("SELECT 1") == [(1,)]
        except (httpx.HTTPError, QueryRefused):
            assert process.poll() is None, log.read_text()[-4_000:]
            assert time.monotonic() < until, log.read_text()[-4_000:]
            time.sleep(0.5)
        else:
            return


def _value(cell: Any, kind: str) -> Any:
    if cell is None:
        return None
    match kind.partition("(")[0]:
        case "decimal":
            return Decimal(cell)
        case "date":
            return date.fromisoformat(cell)
        case "timestamp":
            return datetime.fromisoformat(cell)
        case "double" | "real":
            return math.nan if cell == "NaN" else float(cell)
        case _:
            return cell
