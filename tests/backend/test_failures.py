from typing import Any

import pytest

from backend import failures
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
    assert failure_of({"responsePayload": payload}, 1_800).code == code


@pytest.mark.parametrize(
    ("max_age_s", "waited"),
    [
        (60, "1 minute"),
        (61, "61 seconds"),
        (90, "90 seconds"),
        (1_800, "30 minutes"),
        (3_600, "1 hour"),
        (5_400, "90 minutes"),
        (21_600, "6 hours"),
    ],
)
def test_event_that_aged_out_says_how_long_nobody_was_free(max_age_s: int, waited: str) -> None:
    record = {"requestContext": {"condition": "EventAgeExceeded", "approximateInvokeCount": 0}}
    assert failure_of(record, max_age_s) == Failure(code="noWorkerFree", message=f"No worker was free for {waited}.")


def test_event_that_aged_out_after_an_attempt_says_what_became_of_that() -> None:
    aged = {"requestContext": {"condition": "EventAgeExceeded"}}
    assert failure_of({**aged, "responsePayload": {"errorMessage": "Task timed out"}}, 60).code == "timedOut"
    assert failure_of({**aged, "responsePayload": {"errorType": "Runtime.ExitError"}}, 60).code == "workerLost"


def test_aged_out_report_is_ended_with_the_setting_s_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.submit(ANNA, GenerateReport(report_id=ID, definition="sample", parameters={"delay": 0, "amountOfRows": 1}))
    monkeypatch.setattr(failures, "_deployed", lambda: world.abandonment)
    payload = {"reportId": ID, "invocationId": world.invoke.events[0][1]}
    failures.handler({"requestContext": {"condition": "EventAgeExceeded"}, "requestPayload": payload}, None)
    error = world.reports.rows[ID].error
    assert error == Failure(code="noWorkerFree", message="No worker was free for 30 minutes.")


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
