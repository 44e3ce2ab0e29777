"""One process of a real Trino: unpacked, configured, and ended with its context.

server, backend/trino/coordinator ── settings ──▶ **node** ──▶ Java
"""

import os
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.trino import versions
from tests.trino.versions import OF_ALL, Version

CATALOG = "hive"
STARTS_WITHIN_S = 600.0
MEMORY_MB = 2_048
"""The heap of a node; half of it is for queries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a node is told."""

    settings: str
    """Lines of its configuration, besides those that all have."""
    catalog: str
    """Lines of its Hive catalog, likewise."""
    memory_mb: int = MEMORY_MB
    exchange: Path | None = None
    """The directory, one for all nodes, in which tasks leave what others go on with: for `retry-policy=TASK`."""


class NotReady(Exception):
    """A statement does not run yet."""


@contextmanager
def node(home: Path, work: Path, name: str, setup: Setup) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield the process of a node, unpacked in `home` if need be, that keeps all it writes in `work`; end it then."""
    version = versions.chosen()
    program = _unpacked(version, home)
    _write(work, version, setup)
    command = _command(version, program, work, name, setup)
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=work)
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


def _unpacked(version: Version, home: Path) -> Path:
    """Return the server's directory, with what it needs of the archive: links in it lead to other plugins."""
    home = Path(os.environ.get("TRINO_HOME") or home)
    place = home / f"trino-server-{version.number}"
    if not place.exists():
        assert version.archive.exists(), f"{version.archive} is wanted: tests/README.md says how to get it"
        with tarfile.open(version.archive) as archive:
            archive.extractall(home / "unpacking", filter="tar")
        (home / "unpacking" / place.name).rename(place)
    return place


def _write(work: Path, version: Version, setup: Setup) -> None:
    memory_mb = setup.memory_mb // 2
    limits = f"query.max-memory={memory_mb}MB\nquery.max-memory-per-node={memory_mb}MB\n{version.settings(memory_mb)}"
    texts: dict[str, str] = {
        "etc/config.properties": f"{setup.settings}{limits}",
        "etc/log.properties": "io.trino=WARN\n",
        f"etc/catalog/{CATALOG}.properties": (
            f"connector.name=hive\nhive.metastore=file\nhive.timestamp-precision=MICROSECONDS\n{setup.catalog}"
        ),
    }
    if setup.exchange:
        exchange = f"exchange-manager.name=filesystem\nexchange.base-directories={setup.exchange}\n"
        texts["etc/exchange-manager.properties"] = exchange
    for name, text in texts.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)


def _command(version: Version, program: Path, work: Path, name: str, setup: Setup) -> list[str]:
    plugins = work / "plugin"
    plugins.mkdir()
    for plugin in ("hive", *(["exchange-filesystem"] if setup.exchange else [])):  # no others: each takes time to load
        (plugins / plugin).symlink_to(program / "plugin" / plugin)
    places = {
        "node.environment": "tests",
        "node.id": name,
        "node.data-dir": str(work / "data"),
        "config": str(work / "etc/config.properties"),
        "log.levels-file": str(work / "etc/log.properties"),
        "catalog.config-dir": str(work / "etc/catalog"),
        "plugin.dir": str(plugins),
    }
    settings = (f"-D{key}={value}" for key, value in places.items())
    options = (f"-Xmx{setup.memory_mb}M", *OF_ALL, *version.jvm_options, *settings)
    return [str(_java(version)), *options, "-cp", f"{program / 'lib'}/*", "io.trino.server.TrinoServer"]


def _java(version: Version) -> Path:
    """Return the Java that this Trino runs on, which is seldom the machine's usual one."""
    named = os.environ.get("TRINO_JAVA_HOME")
    homes = [Path(named)] if named else sorted(Path("/usr/lib/jvm").glob(f"[!.]*{version.java}*"))
    assert homes, f"Java {version.java} is wanted: TRINO_JAVA_HOME says where it is"
    return homes[0] / "bin/java"
