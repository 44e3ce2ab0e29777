"""The Trinos that are tried: what each runs on, and how it is told where files are.

`TRINO_VERSION` ──▶ **chosen** ──▶ node, server, backend/trino/coordinator

Athena's engine 3 follows Trino and names no version: what an old one and a new one have alike is likely its too.
Sources: https://trino.io/docs/476/installation/deployment.html, https://trino.io/docs/368/installation/deployment.html
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OF_ALL = ("-XX:+ExitOnOutOfMemoryError", "-XX:ReservedCodeCacheSize=256M", "-Dfile.encoding=UTF-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """How S3 is reached."""

    url: str
    region: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of Trino."""

    number: str
    java: int
    jvm_options: tuple[str, ...]
    settings: Callable[[int], str]
    """Return the lines of the configuration that others lack, for the MB that queries may have."""
    of_files: Callable[[Path], str]
    """Return the lines of a Hive catalog for the directory in which it keeps files, and its own notes of tables."""
    of_bucket: Callable[[Bucket], str]
    """Return the lines for files in S3."""
    place: Callable[[Path], str]
    """Return the address of the directory of files."""

    @property
    def archive(self) -> Path:
        """The server, where Maven leaves it."""
        name = f"trino-server-{self.number}.tar.gz"
        return Path.home() / f".m2/repository/io/trino/trino-server/{self.number}/{name}"


NEW = Version(
    number="476",
    java=25,
    jvm_options=(
        *("-Djdk.attach.allowAttachSelf=true", "--add-modules=jdk.incubator.vector"),
        *("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"),
    ),
    settings=lambda _: "catalog.management=static\n",
    of_files=lambda files: (
        f"fs.native-local.enabled=true\nlocal.location={files}\nhive.metastore.catalog.dir=local:///metastore\n"
    ),
    of_bucket=lambda bucket: (
        f"fs.native-s3.enabled=true\ns3.endpoint={bucket.url}\ns3.region={bucket.region}\ns3.path-style-access=true\n"
        f"s3.aws-access-key={bucket.key}\ns3.aws-secret-key={bucket.secret}\n"
    ),
    place=lambda _: "local://",
)
OLD = Version(
    number="368",
    java=17,
    jvm_options=("-Djdk.attach.allowAttachSelf=true", "-Djdk.nio.maxCachedBufferSize=2000000"),
    settings=lambda memory_mb: f"query.max-total-memory-per-node={memory_mb}MB\n",
    of_files=lambda files: f"hive.metastore.catalog.dir=file://{files}/metastore\n",
    of_bucket=lambda bucket: (
        f"hive.s3.endpoint={bucket.url}\nhive.s3.path-style-access=true\nhive.s3.ssl.enabled=false\n"
        f"hive.s3.aws-access-key={bucket.key}\nhive.s3.aws-secret-key={bucket.secret}\n"
    ),
    place=lambda files: f"file://{files}",
)
VERSIONS = {each.number: each for each in (NEW, OLD)}


def chosen() -> Version:
    """Return the version that the environment names, else the new one."""
    return VERSIONS[os.environ.get("TRINO_VERSION", NEW.number)]
