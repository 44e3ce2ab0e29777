import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from backend.synchronous import respond
from tests.backend.fakes import ANNA, START, World
from tests.backend.web.asking import Answered, Http, rest_event
from tests.backend.web.test_reports import ORDER, SEED, during_waits

REMAINING_S = 300.0
PATH = "/reports/synchronous"


def ask(world: World, body: object, **more: Any) -> Answered:
    answer = respond(rest_event("POST", PATH, body, **more), world.synchronous, REMAINING_S)
    return Answered(answer["statusCode"], answer["headers"], answer["body"])


def execute(world: World) -> None:
    """Make the only report there is."""
    (report_id,) = world.reports.rows
    world.execute(report_id)


@pytest.mark.parametrize("body", [ORDER, SEED])
def test_answer_is_the_report_as_it_has_ended(world: World, body: dict[str, Any]) -> None:
    during_waits(world, (0.4, lambda: execute(world)))
    answer = ask(world, body)
    assert (answer.status, answer.document["state"]) == (201, "SUCCEEDED")
    assert answer.document["link"]["url"].startswith("https://files.example/")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["ETag"].startswith(f'W/"{answer.document["revision"]}-')


def test_report_is_waited_for_however_long_it_takes(world: World) -> None:
    during_waits(world, (200.0, lambda: execute(world)))
    assert ask(world, SEED).document["state"] == "SUCCEEDED"


def test_wait_ends_before_the_function_does(world: World) -> None:
    during_waits(world)
    answer = ask(world, SEED)
    assert (answer.status, answer.document["state"]) == (201, "QUEUED")
    assert world.clock() - START == timedelta(seconds=REMAINING_S - 2)


def test_report_is_found_by_the_other_ways(world: World, http: Http) -> None:
    during_waits(world)
    ask(world, SEED)
    execute(world)
    (report,) = http("GET", "/reports").document["reports"]
    assert http("GET", f"/reports/{report['reportId']}").document["link"]
    assert world.reports.rows[report["reportId"]].owner == ANNA.owner


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"delay": -1, "amountOfRows": 3}, 422, "invalidParameters"),
        ({**ORDER, "definition": "nothing"}, 422, "unknownDefinition"),
        ({**ORDER, "reportId": "00000000-0000-4000-8000-000000000001"}, 400, "invalidMessage"),
        ("[]", 400, "invalidMessage"),
    ],
)
def test_what_is_wrong_is_refused_and_makes_nothing(world: World, *, body: object, status: int, code: str) -> None:
    answer = ask(world, body)
    assert (answer.status, answer.document["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not world.reports.rows


def test_query_other_methods_and_nobody_are_refused(world: World) -> None:
    query = respond(rest_event("POST", f"{PATH}?wait=1", SEED), world.synchronous, REMAINING_S)
    assert (query["statusCode"], json.loads(query["body"])["fields"]) == (400, {"wait": "is unknown: there is nothing"})
    method = respond(rest_event("GET", PATH), world.synchronous, REMAINING_S)
    assert (method["statusCode"], method["headers"]["Allow"]) == (405, "POST")
    assert ask(world, SEED, caller=None).status == 403
    assert not world.reports.rows


def test_body_may_come_in_base64(world: World) -> None:
    during_waits(world, (0.4, lambda: execute(world)))
    event = rest_event("POST", PATH, ORDER)
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}
    assert respond(event, world.synchronous, REMAINING_S)["statusCode"] == 201
