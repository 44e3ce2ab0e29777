from typing import Any

import pytest

from backend.domain import steps
from backend.failures import failure_of
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, GenerateReport
from backend.service.abandonment import Abandonment
from tests.backend.fakes import ANNA, World

ID = "00000000-0000-4000-8000-000000000001"
LOST = Failure(code="workerLost", message="")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"errorMessage": "2026-11-02T09:15:00Z 1234 Task timed out after 900.00 seconds"}, "timedOut"),
        ({"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: 1 Error: Task timed out"}, "timedOut"),
        ({"errorType": "Runtime.OutOfMemory", "errorMessage": "RequestId: 1 Error: Runtime exited"}, "outOfMemory"),
        (
            {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited with error: signal: killed"},
            "outOfMemory",
        ),
        ({"errorType": "Runtime.ImportModuleError", "errorMessage": "Unable to import module"}, "workerLost"),
        ({"errorType": "Function.Unhandled", "errorMessage": "Read timed out"}, "workerLost"),
        (None, "workerLost"),
    ],
)
def test_reason_decides_the_code(payload: dict[str, Any] | None, code: str) -> None:
    assert failure_of({"responsePayload": payload}).code == code


@pytest.fixture
def abandonment(world: World) -> Abandonment:
    request = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 0, "amountOfRows": 1})
    world.submit(ANNA, request)
    return world.abandonment


def test_report_that_never_ran_is_ended_and_announced(world: World, abandonment: Abandonment) -> None:
    abandonment.end(ID, world.invoke.events[0][1], LOST)
    assert world.reports.rows[ID].state is State.FAILED
    assert len(world.push.to(ANNA.connection_id)) == 1


def test_report_of_the_crashed_invocation_is_ended_despite_its_lease(world: World, abandonment: Abandonment) -> None:
    world.reports.change(ID, steps.claim("invocation-1", world.clock()))
    abandonment.end(ID, "invocation-1", LOST)
    assert world.reports.rows[ID].state is State.FAILED


def test_report_another_invocation_works_on_goes_on(world: World, abandonment: Abandonment) -> None:
    world.reports.change(ID, steps.claim("invocation-2", world.clock()))
    abandonment.end(ID, "invocation-1", LOST)
    assert world.reports.rows[ID].state is State.RUNNING


def test_ended_report_stays_as_it_ended(world: World, abandonment: Abandonment) -> None:
    world.execute(ID)
    abandonment.end(ID, "invocation-1", LOST)
    assert world.reports.rows[ID].state is State.SUCCEEDED
