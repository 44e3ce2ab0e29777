"""One process of a real Trino: unpacked, configured, and ended with its context.

server, backend/trino/coordinator ── settings ──▶ **node** ──▶ Java
"""

import os
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

VERSION = "476"
ARCHIVE = Path.home() / f".m2/repository/io/trino/trino-server/{VERSION}/trino-server-{VERSION}.tar.gz"
"""As Maven leaves it."""
CATALOG = "hive"
JAVA_VERSION = 25
STARTS_WITHIN_S = 180.0
JVM_OPTIONS = (
    *("-Xmx2G", "-XX:+ExitOnOutOfMemoryError", "-XX:ReservedCodeCacheSize=256M", "-Dfile.encoding=UTF-8"),
    *("-Djdk.attach.allowAttachSelf=true", "--add-modules=jdk.incubator.vector"),
    *("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"),
)
"""Source: https://trino.io/docs/476/installation/deployment.html"""


class NotReady(Exception):
    """A statement does not run yet."""


@contextmanager
def node(home: Path, work: Path, name: str, settings: str, catalog: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield the process of a node, unpacked in `home` if need be, that keeps all it writes in `work`; end it then.

    `settings` and `catalog` are lines of its configuration and of its Hive catalog, besides those that all have.
    """
    program = _unpacked(home)
    _write(work, settings, catalog)
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(_command(program, work, name), stdout=log, stderr=log, cwd=work)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait(process: "subprocess.Popen[bytes]", log: Path, ask: Callable[[], None]) -> None:
    """Wait until `ask` raises no `NotReady`: the server says that it is up before it has a node for a statement."""
    until = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            return ask()
        except NotReady:
            assert process.poll() is None, log.read_text()[-4_000:]
            assert time.monotonic() < until, log.read_text()[-4_000:]
            time.sleep(0.5)


def _unpacked(home: Path) -> Path:
    """Return the server's directory, with what it needs of the archive: links in it lead to other plugins."""
    place = home / f"trino-server-{VERSION}"
    if not place.exists():
        assert ARCHIVE.exists(), f"{ARCHIVE} is wanted: tests/README.md says how to get it"
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(home / "unpacking", filter="tar")
        (home / "unpacking" / place.name).rename(place)
    return place


def _write(work: Path, settings: str, catalog: str) -> None:
    texts: Mapping[str, str] = {
        "etc/config.properties": (
            f"{settings}node-scheduler.include-coordinator=true\n"
            "query.max-memory=1GB\nquery.max-memory-per-node=1GB\ncatalog.management=static\n"
        ),
        "etc/log.properties": "io.trino=WARN\n",
        f"etc/catalog/{CATALOG}.properties": (
            "connector.name=hive\nhive.metastore=file\nhive.metastore.catalog.dir=local:///metastore\n"
            f"fs.native-local.enabled=true\nhive.timestamp-precision=MICROSECONDS\n{catalog}"
        ),
    }
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
    """Return the Java that this Trino runs on, which is seldom the machine's usual one."""
    named = os.environ.get("TRINO_JAVA_HOME")
    homes = [Path(named)] if named else sorted(Path("/usr/lib/jvm").glob(f"*{JAVA_VERSION}*"))
    assert homes, f"Java {JAVA_VERSION} is wanted: TRINO_JAVA_HOME says where it is"
    return homes[0] / "bin/java"
