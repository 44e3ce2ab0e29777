"""The program recorded once, with everything optional turned on."""

import pytest

from infra.local import recording
from infra.local.graph import Graph, Resource

WORKER_BUNDLE = "<local::worker-bundle.path>"

EVERYTHING = {
    **recording.CONFIG,
    "reportwire:accessLogs": "true",
    "reportwire:alarmEmail": "oncall@example.com",
    "reportwire:pointInTimeRecovery": "true",
    "reportwire:protectData": "true",
    "reportwire:fileTtlDays": "5",
    "reportwire:throttleRate": "42",
    "reportwire:maxActiveReports": "3",
    "reportwire:workerReservedConcurrency": "7",
    "reportwire:workerMemoryMb": "3008",
    "reportwire:workerStorageMb": "1024",
    "reportwire:workerBundle": WORKER_BUNDLE,
}


def of_type(graph: Graph, type_: str) -> dict[str, Resource]:
    """Return the resources of a type by name."""
    return {resource.name: resource for resource in graph.resources if resource.type == f"aws:{type_}"}


@pytest.fixture(scope="session")
def graph() -> Graph:
    return recording.record(EVERYTHING)
