"""Buckets of the emulator, a Trino over them, and a service that has its queries run there.

test_real_trino, test_lost_machine ──▶ **buckets**, `Site`, `TrinoFar` ──▶ emulator, coordinator
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backend.aws.landing_bucket import LandingBucket
from backend.catalog.query import Elsewhere
from backend.engine.distributed.cluster import Cluster, Landing
from backend.engine.distributed.engine import Distribution
from backend.trino.statements import Statements
from backend.trino.trino_cluster import TrinoCluster
from infra.local import backend
from infra.local.emulator import process
from tests.administrators import EVERYTHING
from tests.backend.service.making.far import ELSEWHERE, Far
from tests.backend.trino import coordinator
from tests.backend.trino.coordinator import Place

REGION = "eu-west-1"


@contextmanager
def buckets(cache: Path, work: Path) -> Iterator[tuple[Place, Any]]:
    """Yield the place of a Trino over the buckets `datasets` and `reports`, and a client of them that may do all."""
    services = {"SERVICES": "iam,s3,sts"}
    with process.running(None, services) as started, backend.admin_clients(started, REGION) as admin:
        clients, iam = admin("s3"), admin("iam")
        started.wait_until_ready()
        for bucket in ("datasets", "reports"):
            clients.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        (cache / "trino").mkdir(exist_ok=True)
        yield Place(cache / "trino", work, started.url, *trino_user(iam)), clients


def trino_user(iam: Any) -> tuple[str, str]:
    """Create a user who may do everything; return the id of a key, and its secret."""
    iam.create_user(UserName="trino")
    iam.put_user_policy(UserName="trino", PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))
    key = iam.create_access_key(UserName="trino")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


@dataclass
class Site:
    """A Trino over buckets."""

    statements: Statements
    buckets: Any

    def add(self, table: str, columns: str) -> None:
        """Make a table of the files in a folder of the bucket of datasets."""
        options = f"external_location = 's3://datasets/{table}/', format = 'PARQUET'"
        coordinator.run(self.statements, f"CREATE TABLE {table} ({columns}) WITH ({options})")

    def rows(self, sql: str) -> list[list[Any]]:
        """Return the rows of a statement."""
        answer, rows = self.statements.send(sql, "tests"), []
        while answer.next_path is not None:
            _, data = self.statements._sent("GET", answer.next_path, {})
            rows += json.loads(data).get("data", [])
            answer = self.statements.follow(answer.next_path)
        return rows

    def queries(self, token: str) -> list[list[Any]]:
        """Return state and error of the statements that made the table of a query."""
        source = f"source = 'reportwire-{token}' AND query LIKE 'CREATE%'"
        return self.rows(f"SELECT state, error_code FROM system.runtime.queries WHERE {source}")


class TrinoFar(Far):
    """A service whose distributed engine is a real one; time passes as it does."""

    def __init__(self, site: Site, sql: str = "", **report: Any) -> None:
        self.site = site
        super().__init__(elsewhere=Elsewhere(sql=sql, columns=ELSEWHERE.columns), **report)
        self.clock.sleep = self._slept(self.clock.sleep)  # type: ignore[method-assign]
        self._recompose()

    def made_cluster(self) -> Cluster:
        return TrinoCluster(self.site.statements)

    def made_landing(self) -> Landing:
        return LandingBucket(self.site.buckets, "reports")

    def _slept(self, sleep: Any) -> Any:
        def slept(seconds: float) -> None:
            time.sleep(seconds)
            sleep(seconds)

        return slept

    def _recompose(self) -> None:
        patience = replace(self.distribution.patience, sleep=self.clock.sleep)
        self.distribution: Distribution = replace(self.distribution, patience=patience)
        self.world.distribute(self.distribution)
        self.world.compose(sleep=self.clock.sleep)

    @property
    def token(self) -> str:
        assert self.row.query
        return self.row.query.token

    @property
    def left(self) -> list[str]:
        found = self.site.buckets.list_objects_v2(Bucket="reports").get("Contents", [])
        tables = self.site.rows("SHOW TABLES LIKE 'reportwire%'")
        return [each["Key"] for each in found] + [name for (name,) in tables]
