"""The program recorded once, with everything optional turned on, and one local backend for all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import backend, recording
from infra.local.backend import LocalBackend
from infra.local.graph import Graph

EVERYTHING = {
    **recording.CONFIG,
    "reportwire:accessLogs": "true",
    "reportwire:alarmEmail": "oncall@example.com",
    "reportwire:pointInTimeRecovery": "true",
    "reportwire:protectData": "true",
    "reportwire:fileTtlDays": "5",
    "reportwire:throttleRate": "42",
}


@pytest.fixture(scope="session")
def graph() -> Graph:
    return recording.record(EVERYTHING)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def local(cache: Path) -> Iterator[LocalBackend]:
    with backend.running(cache_dir=cache / "reportwire") as running:
        yield running
