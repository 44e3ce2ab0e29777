"""What the READMEs say of the protocol is what there is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.domain.report import preview_key
from backend.protocol import quotas
from backend.protocol.messages import ACTIONS, ErrorCode, FailureCode, GenerateReport
from backend.protocol.resources import DOCUMENTS, RESOURCES
from backend.service.following.waiting import LONGEST_S
from backend.web.problems import STATUSES
from desktop.sign_in.profiles import parse
from infra.settings import Settings
from tests.backend.documents.described import asyncapi, openapi
from tests.backend.fakes import ANNA, World

ROOT = Path(__file__).parents[3]
MAIN = (ROOT / "README.md").read_text()
DETAILS = (ROOT / "backend/protocol/README.md").read_text()
SPEAK = MAIN[MAIN.index("## Speak the protocol") : MAIN.index("## Security")]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def examples(node: Any) -> Iterator[Any]:
    match node:
        case {"payload": payload, **rest} if "$ref" not in payload:
            yield payload
            yield from examples(rest)
        case {"value": value}:
            yield value
        case {"example": example, **rest}:
            yield example
            yield from examples(rest)
        case dict():
            for inner in node.values():
                yield from examples(inner)
        case list():
            for inner in node:
                yield from examples(inner)


def preview_of_sample(rows: int) -> Any:
    world = World()
    asked = GenerateReport(definition="sample", parameters={"delay": 0, "amountOfRows": rows})
    report = world.submit(ANNA, asked)
    world.execute(report.report_id)
    return json.loads(world.results.objects[preview_key(world.reports.rows[report.report_id])])


@pytest.mark.parametrize("block", [*blocks(MAIN, "json"), *blocks(DETAILS, "json")])
def test_json_is_an_example_that_the_service_is_held_against(block: str) -> None:
    shown = json.loads(block)
    if "rowCount" in shown:
        assert shown == preview_of_sample(shown["rowCount"])
    elif "endpoint" in shown:
        assert parse(block).name == shown["name"]
    elif shown == {"message": "Forbidden"}:
        assert shown in [*examples(openapi())]
    else:
        assert shown in [*examples(openapi()), *examples(asyncapi())]


def cells(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the table below a line that begins so."""
    table = text[text.index(f"| {heading} |") :].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def test_codes_are_these_with_their_statuses() -> None:
    named = {code.strip("`"): status for code, status, _ in cells(DETAILS, "code | HTTP")}
    assert named == {code: str(STATUSES[code].value) if code in STATUSES else "" for code in ErrorCode}
    assert [code.strip("`") for code, _ in cells(DETAILS, "code | means")] == [*FailureCode]


def test_resources_and_actions_are_these() -> None:
    asked = " ".join(row[0] for row in cells(SPEAK, "request"))
    named = {f"{method} {re.sub(r'[?].*', '', path)}" for method, path in re.findall(r"`([A-Z]+) ([^`]*)`", asked)}
    there = {f"{method} {path}" for path, methods in {**RESOURCES, **DOCUMENTS}.items() for method in methods}
    assert named == {each.replace("{reportId}", "{id}") for each in there}
    assert [row[0].strip("`") for row in cells(SPEAK, "action")] == [*ACTIONS]


def test_limits_are_these() -> None:
    limits = dict(cells(SPEAK.replace("| | at most |", "| what | at most |"), "what"))
    settings = Settings(region="eu-west-1", stage="dev")
    assert limits["reports under way, of one person"] == str(settings.max_active_reports)
    assert limits["messages and requests, of one person"].startswith(f"{settings.messages_per_second} a second")
    assert limits["reports asked for, of one person"] == f"{settings.submissions_per_minute} a minute"
    assert limits["parameters and options of a report"] == f"{quotas.PARAMETERS_SIZE_BYTES // 1024} KiB"
    assert limits["`requestId`"] == f"{quotas.REQUEST_ID_LENGTH} characters"
    assert limits["a page of reports, ids to watch"] == str(quotas.REPORTS_PER_PAGE) == str(quotas.REPORT_IDS_PER_WATCH)
    assert limits["a frame, a body, a page"] == f"{quotas.FRAME_SIZE_BYTES // 1024} KiB"
    assert f"for up to {LONGEST_S} s" in SPEAK
