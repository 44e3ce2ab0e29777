from dataclasses import replace
from typing import Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError

from backend.aws.athena_cluster import AthenaCluster
from backend.catalog.query import Query
from backend.engine.budget import Limits
from backend.engine.distributed.cluster import ClusterSilent
from backend.trino.trino_cluster import TrinoCluster
from backend.wiring import clients
from backend.wiring.distributed_engine import bytes_to_read, cluster, distribution
from backend.wiring.settings import InvalidSettings, WorkerSettings
from tests.backend.fakes import WORKER_SETTINGS, FakeDatasetStore

LIMITS = Limits(memory_mb=256, storage_mb=512)
BUCKETS = cast("Any", None)
ATHENA = replace(
    WORKER_SETTINGS, aws_region="eu-west-1", distributed_engine="athena", athena_workgroup="w", athena_database="d"
)
TRINO = replace(WORKER_SETTINGS, distributed_engine="trino", trino_url="https://trino.example", trino_schema="reports")


def test_stack_without_an_engine_has_none() -> None:
    assert distribution(WORKER_SETTINGS, FakeDatasetStore(), LIMITS, BUCKETS) is None


def test_engine_is_the_one_that_is_named() -> None:
    assert isinstance(cluster(ATHENA), AthenaCluster)
    assert isinstance(cluster(TRINO), TrinoCluster)
    far = distribution(replace(TRINO, distributed_cents_per_terabyte=500), FakeDatasetStore(), LIMITS, BUCKETS)
    assert far is not None
    assert (far.largest_bytes, far.cents_per_terabyte, far.least_paid_bytes) == (10**10, 500, 0)
    assert far.landing.address("a/b") == "s3://reports/a/b/"
    paid = distribution(replace(ATHENA, distributed_cents_per_terabyte=500), FakeDatasetStore(), LIMITS, BUCKETS)
    assert paid is not None
    assert paid.least_paid_bytes == 10_000_000


def test_partitions_of_tables_are_those_of_the_setting() -> None:
    parted = replace(TRINO, dataset_partitions="flights=month(date),carrier trips=city")
    far = distribution(parted, FakeDatasetStore(), LIMITS, BUCKETS)
    assert far is not None
    assert far.partitions == {"flights": "month(date),carrier", "trips": "city"}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (replace(WORKER_SETTINGS, distributed_engine="spark"), "DISTRIBUTED_ENGINE"),
        (replace(ATHENA, aws_region=""), "AWS_REGION"),
        (replace(ATHENA, athena_workgroup=""), "ATHENA_WORKGROUP"),
        (replace(ATHENA, athena_database=""), "ATHENA_DATABASE"),
        (replace(TRINO, trino_url=""), "TRINO_URL"),
        (replace(TRINO, trino_url="http://trino.example"), "TRINO_URL"),
        (replace(TRINO, trino_sign_in="kerberos"), "TRINO_SIGN_IN"),
    ],
)
def test_engine_that_is_described_by_half_is_named(settings: WorkerSettings, named: str) -> None:
    with pytest.raises(InvalidSettings, match=named):
        cluster(settings)


@pytest.mark.parametrize(
    ("sign_in", "header"), [("password", "Basic cmVwb3J0d2lyZTpzZWNyZXQ="), ("token", "Bearer secret")]
)
def test_secret_is_read_once_and_when_it_is_needed(monkeypatch: pytest.MonkeyPatch, sign_in: str, header: str) -> None:
    read: list[str] = []

    def secret(name: str, region: str) -> str:
        if not read:
            read.append("")
            raise EndpointConnectionError(endpoint_url="https://secretsmanager.example")
        read.append(f"{name} in {region}")
        return "secret"

    monkeypatch.setattr(clients, "secret", secret)
    made = cast(
        "TrinoCluster", cluster(replace(TRINO, aws_region="eu-west-1", trino_secret="arn", trino_sign_in=sign_in))
    )
    authorization = made.statements._session.authorization
    assert authorization is not None
    assert not read
    with pytest.raises(ClusterSilent, match="the secret of reportwire"):
        authorization()
    assert [authorization(), authorization()] == [header, header]
    assert read == ["", "arn in eu-west-1"]


def test_bytes_of_datasets_are_those_of_their_files() -> None:
    store = FakeDatasetStore({"a/1.parquet": b"xx", "a/2.parquet": b"xxx", "b/1.parquet": b"x", "c/1.parquet": b"x"})
    assert bytes_to_read(Query(sql="", datasets=("a", "b")), store, LIMITS) == 6
