"""The distributed engine that variables describe, if any: the worker's environment, or the output of a stack.

environment, clients ──▶ **distribution** ──▶ `Distribution` ──▶ for_worker
output of a stack ──▶ **cluster** ──▶ `Cluster` ──▶ desktop.commands
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from backend.aws.athena_cluster import LEAST_PAID_BYTES, AthenaCluster
from backend.aws.landing_bucket import LandingBucket
from backend.engine.distributed.attendance import Patience
from backend.engine.distributed.cluster import ClusterSilent
from backend.engine.distributed.engine import Distribution
from backend.engine.finding.pruning import sizes_to_read
from backend.trino import statements
from backend.trino.trino_cluster import TrinoCluster
from backend.wiring import clients
from backend.wiring.settings import EngineSettings, InvalidSettings, WorkerSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from backend.catalog.query import Query
    from backend.engine.budget import Limits
    from backend.engine.datasets import DatasetStore
    from backend.engine.distributed.cluster import Cluster

SIGN_INS = ("password", "token")


def distribution(
    settings: WorkerSettings, datasets: DatasetStore, limits: Limits, buckets: S3Client
) -> Distribution | None:
    """Return the distributed engine; None where there is none.

    Raises:
        InvalidSettings: It is described, but not wholly.
    """
    if not settings.distributed_engine:
        return None
    return Distribution(
        cluster=cluster(settings),
        landing=LandingBucket(buckets, settings.reports_bucket),
        patience=Patience(clock=lambda: datetime.now(UTC), sleep=time.sleep),
        largest_bytes=settings.distributed_from_bytes,
        dataset_bytes=lambda query: bytes_to_read(query, datasets, limits),
        cents_per_terabyte=settings.distributed_cents_per_terabyte,
        partitions=dict(each.split("=", 1) for each in settings.dataset_partitions.split()),
        least_paid_bytes=LEAST_PAID_BYTES if settings.distributed_engine == "athena" else 0,
    )


def cluster(settings: EngineSettings) -> Cluster:
    """Return the cluster of the settings. Raises `InvalidSettings`."""
    match settings.distributed_engine:
        case "athena":
            _require(settings, "aws_region", "athena_workgroup", "athena_database")
            return AthenaCluster(
                client=clients.queries(settings.aws_region),
                workgroup=settings.athena_workgroup,
                database=settings.athena_database,
                catalog=partial(clients.catalog, settings.aws_region),
            )
        case "trino":
            _require(settings, "trino_url", "trino_user", "trino_catalog", "trino_schema")
            try:
                return TrinoCluster(statements.Statements(settings.trino_url, _session(settings)))
            except statements.WrongAddress as error:
                raise InvalidSettings(f"TRINO_URL: {error}") from error
    raise InvalidSettings("DISTRIBUTED_ENGINE must be athena, trino or empty")


def bytes_to_read(query: Query, datasets: DatasetStore, limits: Limits) -> int:
    """Return the bytes of the files that a query may have to read, of its datasets' partitions."""
    return sum(size.size_bytes for size in sizes_to_read(query, datasets, limits).values())


def _require(settings: EngineSettings, *fields: str) -> None:
    for field in fields:
        if not getattr(settings, field):
            raise InvalidSettings(f"{field.upper()} is not set")


def _session(settings: EngineSettings) -> statements.Session:
    if settings.trino_sign_in not in SIGN_INS:
        raise InvalidSettings(f"TRINO_SIGN_IN must be one of {', '.join(SIGN_INS)}")
    return statements.Session(
        user=settings.trino_user,
        catalog=settings.trino_catalog,
        schema=settings.trino_schema,
        properties=settings.trino_session,
        authorization=_authorization(settings) if settings.trino_secret else None,
    )


def _authorization(settings: EngineSettings) -> Callable[[], str]:
    """Return what returns the header; the secret is read with the first report that needs it."""

    @cache
    def authorization() -> str:
        try:
            secret = clients.secret(settings.trino_secret, settings.aws_region)
        except (ClientError, BotoCoreError) as error:
            raise ClusterSilent(f"the secret of {settings.trino_user} cannot be read") from error
        if settings.trino_sign_in == "token":
            return statements.bearer(secret)
        return statements.basic(settings.trino_user, secret)

    return authorization
