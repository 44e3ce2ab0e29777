"""The program recorded once, with everything optional turned on."""

import pytest

from infra.local import recording
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
