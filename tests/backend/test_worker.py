import json

import pytest

from backend import failures, worker
from backend.protocol.lifecycle import State
from backend.protocol.messages import GenerateReport
from tests.backend.fakes import ANNA, World

ID = "00000000-0000-4000-8000-000000000001"


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 900_000


@pytest.fixture(autouse=True)
def _wired(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_deployed", lambda: world.execution)
    monkeypatch.setattr(failures, "_deployed", lambda: world.abandonment)
    request = GenerateReport(report_id=ID, definition="sample", parameters={"delay": 0, "amountOfRows": 1})
    world.submit(ANNA, request)


def event_of(world: World) -> dict[str, str]:
    ((report_id, invocation),) = world.invoke.events
    return {"reportId": report_id, "invocationId": invocation}


def test_event_is_carried_out(world: World) -> None:
    event = event_of(world)
    worker.handler(event, Context())
    row = world.reports.rows[ID]
    assert (row.state, row.invocation) == (State.SUCCEEDED, event["invocationId"])


def test_record_of_a_failed_event_ends_its_report(world: World) -> None:
    record = {
        "requestContext": {"condition": "RetriesExhausted"},
        "requestPayload": event_of(world),
        "responsePayload": {"errorMessage": "Task timed out after 900.00 seconds"},
    }
    failures.handler(json.loads(json.dumps(record)), None)
    error = world.reports.rows[ID].error
    assert error is not None
    assert error.code == "timedOut"
