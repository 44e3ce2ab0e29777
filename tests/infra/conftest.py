"""The program recorded once, with everything optional turned on."""

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


def of_type(graph: Graph, type_: str) -> dict[str, Resource]:
    """Return the resources of a type by name."""
    return {resource.name: resource for resource in graph.resources if resource.type == f"aws:{type_}"}


@pytest.fixture(scope="session")
def graph() -> Graph:
    return recorded.record(EVERYTHING)


@pytest.fixture(scope="session")
def token_graph() -> Graph:
    """The program with everything on, for analysts who sign in with tokens."""
    return recorded.record(WITH_TOKENS)


@pytest.fixture(scope="session")
def plain_graph() -> Graph:
    """The program as it is without any setting."""
    return recorded.record()


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
