"""The program recorded once, with everything optional turned on."""

import os
from pathlib import Path

import duckdb
import pytest

from infra.local.datasets import flights
from infra.local.recording import recorded
from infra.local.recording.graph import Graph, Resource
from tests.infra.data_commands import Reportwire

WORKER_BUNDLE = "<local::worker-bundle.path>"
EVENTS_BUNDLE = "<local::events-bundle.path>"
AUTHORIZER_BUNDLE = "<local::authorizer-bundle.path>"

BOUNDARY = "arn:aws:iam::000000000000:policy/boundary"

EVERYTHING = {
    **recorded.CONFIG,
    "reportwire:accessLogs": "true",
    "reportwire:alarmEmail": "oncall@example.com",
    "reportwire:monthlyBudgetUsd": "50",
    "reportwire:pointInTimeRecovery": "true",
    "reportwire:protectData": "true",
    "reportwire:fileTtlDays": "5",
    "reportwire:throttleRate": "42",
    "reportwire:maxActiveReports": "3",
    "reportwire:permissionsBoundary": BOUNDARY,
    "reportwire:routerReservedConcurrency": "50",
    "reportwire:workerReservedConcurrency": "7",
    "reportwire:workerMemoryMb": "3008",
    "reportwire:workerStorageMb": "1024",
    "reportwire:workerBundle": WORKER_BUNDLE,
    "reportwire:serverSentEvents": "true",
    "reportwire:eventsReservedConcurrency": "9",
    "reportwire:eventsBundle": EVENTS_BUNDLE,
    "reportwire:synchronousReports": "true",
}

WITH_TOKENS = {
    **EVERYTHING,
    **{f"reportwire:{name}": value for name, value in recorded.TOKENS.items()},
    "reportwire:authorizerReservedConcurrency": "5",
    "reportwire:authorizerBundle": AUTHORIZER_BUNDLE,
}
"""The same, for analysts who sign in with tokens of the stack's own pool."""

SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:trino-a1b2c3"
WITH_ATHENA = {
    **EVERYTHING,
    "reportwire:distributedEngine": "athena",
    "reportwire:athenaScanLimitGb": "1000",
    "reportwire:datasetPartitions": "flights=month(date),carrier",
}
WITH_TRINO = {
    **EVERYTHING,
    "reportwire:distributedEngine": "trino",
    "reportwire:trinoUrl": "https://trino.example.com:8443",
    "reportwire:trinoSecretArn": SECRET,
}


def of_type(graph: Graph, type_: str) -> dict[str, Resource]:
    """Return the resources of a type by name."""
    return {resource.name: resource for resource in graph.resources if resource.type == f"aws:{type_}"}


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of this run's recordings, which its processes share: each takes two seconds of a processor."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "recordings"


@pytest.fixture(scope="session")
def graph(recordings: Path) -> Graph:
    return recorded.load(recordings, EVERYTHING)


@pytest.fixture(scope="session")
def token_graph(recordings: Path) -> Graph:
    """The program with everything on, for analysts who sign in with tokens."""
    return recorded.load(recordings, WITH_TOKENS)


@pytest.fixture(scope="session")
def athena_graph(recordings: Path) -> Graph:
    """The program with everything on, and Athena as its distributed engine."""
    return recorded.load(recordings, WITH_ATHENA)


@pytest.fixture(scope="session")
def trino_graph(recordings: Path) -> Graph:
    """The program with everything on, and a Trino as its distributed engine."""
    return recorded.load(recordings, WITH_TRINO)


@pytest.fixture(scope="session")
def plain_graph(recordings: Path) -> Graph:
    """The program as it is without any setting."""
    return recorded.load(recordings)


@pytest.fixture
def reportwire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reportwire:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    samples = tmp_path / "samples"
    for name in flights.TABLES:
        (samples / name).mkdir(parents=True)
        found = duckdb.sql("SELECT 1 AS a")
        assert found is not None
        found.write_parquet(str(samples / name / f"{name}.parquet"))
    monkeypatch.setattr(flights, "converted", lambda cache_dir: samples)
    Path("a.csv").write_text("id,name\n1,x\n2,y\n")
    Path("b.csv").write_text("id,name\n3,z\n")
    return Reportwire(tmp_path, capsys)
