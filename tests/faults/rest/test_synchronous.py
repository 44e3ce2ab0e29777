"""A report in one request, as the article has it: fine while it is quick, cut off when it is not, and never lost."""

import hashlib
import time

import httpx
import pytest

from tests.faults.faults import Kind
from tests.faults.rest.signing import Analyst
from tests.faults.site import Site

pytestmark = pytest.mark.slow


def address(site: Site) -> str:
    return f"{site.local.outputs['rest']}/reports/synchronous"


def test_quick_report_is_answered_with_its_link(behind: Site, analyst: Analyst) -> None:
    answer = analyst.post(address(behind), json={"delay": 500, "amountOfRows": 20})
    assert (answer.status_code, answer.json()["state"]) == (201, "SUCCEEDED")
    content = httpx.get(answer.json()["link"]["url"], trust_env=False).raise_for_status().content
    assert hashlib.sha256(content).hexdigest() == answer.json()["result"]["sha256"]
    assert content.count(b"\n") == 21


def test_slow_report_is_cut_off_by_the_gateway_and_found_over_https(behind: Site, analyst: Analyst) -> None:
    behind.gateway.faults.limits_s[Kind.REST] = 1.5
    began = time.monotonic()
    answer = analyst.post(address(behind), json={"delay": 4_000, "amountOfRows": 20})
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})
    assert time.monotonic() - began < 3.5
    (report,) = analyst.get(f"{analyst.profile.https}/reports").json()["reports"]
    assert report["state"] in {"QUEUED", "RUNNING"}
    ended = analyst.until_ended(report["reportId"])
    assert ended["state"] == "SUCCEEDED"
    assert httpx.get(ended["link"]["url"], trust_env=False).is_success


def test_request_that_nobody_signed_makes_nothing(behind: Site, analyst: Analyst) -> None:
    answer = httpx.post(address(behind), json={"delay": 0, "amountOfRows": 1}, trust_env=False)
    assert answer.status_code == 403
    assert analyst.get(f"{analyst.profile.https}/reports").json()["reports"] == []


def test_wrong_parameters_are_a_problem_document(behind: Site, analyst: Analyst) -> None:
    answer = analyst.post(address(behind), json={"delay": -1, "amountOfRows": 1})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert analyst.get(address(behind)).status_code == 405


def test_streams_are_not_made_on_the_emulator(behind: Site, analyst: Analyst) -> None:
    """As `infra.local.differences` says."""
    assert "events" not in behind.local.profile
    report_id = "00000000-0000-4000-8000-000000000001"
    assert analyst.get(f"{behind.local.outputs['rest']}/reports/{report_id}/events").status_code == 500
