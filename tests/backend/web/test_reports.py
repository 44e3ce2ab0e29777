import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.domain import steps
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, FailureCode, Progress
from backend.service.ports import StoreUnavailable
from tests.backend.fakes import ANNA, BERT, FILE_TTL, LINK_TTL, START, World
from tests.backend.web.asking import Http

ID = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
ORDER = {"definition": "sample", "parameters": {"delay": 0, "amountOfRows": 3}, "format": "csv"}
SEED = {"delay": 40000, "amountOfRows": 500}


def during_waits(world: World, *acts: tuple[float, Callable[[], Any]]) -> list[float]:
    """Do each of `acts` once so many seconds have been waited; return the pauses that were made."""
    pauses: list[float] = []
    left = sorted(acts, key=lambda act: act[0])

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        world.clock.sleep(seconds)
        while left and world.clock() >= START + timedelta(seconds=left[0][0]):
            left.pop(0)[1]()

    world.compose(sleep=sleep)
    return pauses


def tick(world: World, completed: int = 1) -> None:
    progress = Progress(stage="waiting", completed=completed, total=None, unit="ms")
    assert world.reports.change(ID, steps.tick(1, progress, world.clock()))


def claim(world: World) -> None:
    assert world.reports.change(ID, steps.claim("invocation-1", world.clock()))


def test_put_makes_a_report_once(world: World, http: Http) -> None:
    made = http("PUT", f"/reports/{ID}", ORDER)
    assert (made.status, made.document["state"], made.headers["ETag"]) == (201, "QUEUED", 'W/"0"')
    assert made.headers["Retry-After"] == str(made.document["retryAfter"]) == "1"
    again = http("PUT", f"/reports/{ID}", ORDER)
    assert (again.status, again.document["reportId"]) == (200, ID)
    assert len(world.reports.rows) == 1
    assert world.reports.rows[ID].watchers == frozenset()


def test_put_of_an_ended_report_returns_it(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    world.execute(ID)
    again = http("PUT", f"/reports/{ID.upper()}", ORDER)
    assert (again.status, again.document["state"]) == (200, "SUCCEEDED")
    assert again.document["link"]["url"].startswith("https://files.example/")
    assert "Retry-After" not in again.headers


@pytest.mark.parametrize("caller", [ANNA, BERT])
def test_put_of_a_taken_id_is_a_conflict(http: Http, caller: Any) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    answer = http("PUT", f"/reports/{ID}", {**ORDER, "format": "xlsx"}, caller=caller)
    assert (answer.status, answer.document["code"]) == (409, "reportIdConflict")


def test_seeds_own_form_is_the_sample(http: Http) -> None:
    answer = http("POST", "/reports", SEED)
    assert answer.status == 201
    assert (answer.document["definition"], answer.document["parameters"]) == ("sample", SEED)
    assert answer.headers["Location"] == f"reports/{answer.document['reportId']}"
    assert http("POST", "/reports", SEED).document["reportId"] != answer.document["reportId"]


def test_put_that_waits_answers_as_soon_as_the_report_has_ended(world: World, http: Http) -> None:
    during_waits(world, (7.0, lambda: world.execute(ID)))
    answer = http("PUT", f"/reports/{ID}", ORDER, headers={"Prefer": "respond-async, wait=20"})
    assert (answer.status, answer.document["state"]) == (201, "SUCCEEDED")
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert world.clock() - START <= timedelta(seconds=8)


def test_wait_ends_in_time_and_reads_less_and_less(world: World, http: Http) -> None:
    pauses = during_waits(world)
    answer = http("PUT", f"/reports/{ID}", ORDER, headers={"Prefer": "wait=600"})
    assert (answer.status, answer.document["state"]) == (201, "QUEUED")
    assert answer.headers["Preference-Applied"] == "wait=25"
    assert world.clock() - START == timedelta(seconds=25)
    assert pauses[0] == 0.25
    assert pauses[:-1] == sorted(pauses[:-1])
    assert max(pauses) == 0.5


def test_too_many_waiters_are_answered_at_once(world: World, http: Http) -> None:
    pauses = during_waits(world)
    world.counter.counts = dict.fromkeys([f"waits/{int(START.timestamp() // 25)}"], 1_000)
    answer = http("PUT", f"/reports/{ID}", ORDER, headers={"Prefer": "wait=20"})
    assert (answer.status, answer.headers["Preference-Applied"], pauses) == (201, "wait=0", [])


def test_get_has_the_report_its_tag_and_its_pace(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    claim(world)
    tick(world)
    answer = http("GET", f"/reports/{ID}")
    assert (answer.status, answer.headers["ETag"], answer.document["revision"]) == (200, 'W/"2"', 2)
    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("private, no-store", "Prefer")
    head = http("HEAD", f"/reports/{ID}")
    assert (head.status, head.headers, head.text) == (200, answer.headers, "")


def test_known_revision_is_not_sent_again(world: World, http: Http) -> None:
    tag = http("PUT", f"/reports/{ID}", ORDER).headers["ETag"]
    answer = http("GET", f"/reports/{ID}", headers={"If-None-Match": tag})
    assert (answer.status, answer.text, answer.headers["Retry-After"]) == (304, "", "1")
    claim(world)
    assert http("GET", f"/reports/{ID}", headers={"If-None-Match": tag}).status == 200
    assert http("GET", f"/reports/{ID}", headers={"If-None-Match": f'"x", {tag}, W/"1"'}).status == 304


def test_ended_report_is_not_sent_again_while_its_link_works_for_a_while(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    world.execute(ID)
    first = http("GET", f"/reports/{ID}")
    tag = first.headers["ETag"]
    expiry = int((world.clock() + LINK_TTL).timestamp())
    assert tag == f'W/"{first.document["revision"]}-{expiry}"'
    world.clock.sleep(10 * 60)
    assert http("GET", f"/reports/{ID}", headers={"If-None-Match": tag}).status == 304
    world.clock.sleep(1)
    fresh = http("GET", f"/reports/{ID}", headers={"If-None-Match": tag})
    assert (fresh.status, fresh.headers["ETag"] == tag) == (200, False)
    world.clock.sleep(FILE_TTL.total_seconds())
    gone = http("GET", f"/reports/{ID}", headers={"If-None-Match": fresh.headers["ETag"]})
    assert (gone.status, gone.document["link"]) == (200, None)
    assert http("GET", f"/reports/{ID}", headers={"If-None-Match": gone.headers["ETag"]}).status == 304


def test_tag_of_an_answer_that_is_not_sent_again_is_of_the_link_that_the_client_has(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    world.execute(ID)
    tag = http("GET", f"/reports/{ID}").headers["ETag"]
    world.clock.sleep(9 * 60)
    again = http("GET", f"/reports/{ID}", headers={"If-None-Match": tag})
    assert (again.status, again.headers["ETag"]) == (304, tag)
    world.clock.sleep(9 * 60)
    assert http("GET", f"/reports/{ID}", headers={"If-None-Match": again.headers["ETag"]}).status == 200
    revision = tag.removeprefix('W/"').partition("-")[0]
    made_up = f'W/"{revision}-999999999999"'
    assert http("GET", f"/reports/{ID}", headers={"If-None-Match": made_up}).status == 200


def test_one_caller_has_a_part_of_the_waits(world: World, http: Http) -> None:
    world.http_settings = replace(world.http_settings, max_waiters=8)
    world.compose(sleep=lambda _seconds: None)
    http("PUT", f"/reports/{ID}", ORDER)
    headers = {"If-None-Match": 'W/"0"', "Prefer": "wait=1"}
    asked = [http("GET", f"/reports/{ID}", headers=headers, caller=ANNA) for _ in range(3)]
    assert [answer.headers["Preference-Applied"] for answer in asked] == ["wait=1", "wait=1", "wait=0"]
    http("PUT", f"/reports/{OTHER}", ORDER, caller=BERT)
    other = http("GET", f"/reports/{OTHER}", headers=headers, caller=BERT)
    assert other.headers["Preference-Applied"] == "wait=1"


def test_report_that_was_made_is_told_though_the_store_fails_while_it_is_waited_for(world: World, http: Http) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable

    during_waits(world, (1.0, lambda: setattr(world.reports, "get", fail)))
    answer = http("POST", "/reports", ORDER, headers={"Prefer": "wait=20"})
    assert (answer.status, answer.headers["Location"]) == (201, f"reports/{answer.document['reportId']}")


@pytest.mark.parametrize(("prefer", "applied"), [("wait=0", "wait=0"), ("wait=10000000000", "wait=25")])
def test_any_wait_is_answered_for(world: World, http: Http, prefer: str, applied: str) -> None:
    during_waits(world)
    answer = http("PUT", f"/reports/{ID}", ORDER, headers={"Prefer": prefer})
    assert answer.headers["Preference-Applied"] == applied


def test_list_of_a_state_has_none_that_were_found_to_have_ended(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    world.clock.sleep(31 * 60)
    assert http("GET", "/reports?state=QUEUED").document["reports"] == []


@pytest.mark.parametrize(
    ("act", "known", "query", "answered_s", "status"),
    [
        ("claim", 'W/"0"', "", 1.0, 200),  # a new state is told at once
        ("tick", 'W/"1"', "", 3.0, 200),  # progress from three seconds on
        ("tick", 'W/"1"', "?until=end", 20.0, 200),
        ("end", 'W/"1"', "?until=end", 1.0, 200),
        ("none", 'W/"1"', "", 20.0, 304),
        ("none", 'W/"0"', "", 0.0, 200),  # it was claimed before
        ("claim", "", "", 0.0, 200),  # who knows nothing is told at once
    ],
)
def test_get_waits_for_news(
    world: World, http: Http, *, act: str, known: str, query: str, answered_s: float, status: int
) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    if act != "claim":
        claim(world)
    acts = {
        "claim": lambda: claim(world),
        "tick": lambda: tick(world),
        "end": lambda: world.reports.change(ID, steps.confirm_cancel(1, world.clock())),
        "none": lambda: None,
    }
    during_waits(world, (1.0, acts[act]))
    headers = {"Prefer": "wait=20"} | ({"If-None-Match": known} if known else {})
    answer = http("GET", f"/reports/{ID}{query}", headers=headers)
    waited_s = (world.clock() - START).total_seconds()
    assert answer.status == status
    assert answered_s <= waited_s < answered_s + 1.0
    assert answer.headers["Preference-Applied"] == ("wait=20" if known else "wait=0")


def test_ended_report_is_never_waited_for(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    world.execute(ID)
    before = world.clock()
    tag = http("GET", f"/reports/{ID}").headers["ETag"]
    assert http("GET", f"/reports/{ID}", headers={"Prefer": "wait=20", "If-None-Match": tag}).status == 304
    assert world.clock() == before


def test_file_leads_to_a_fresh_link_with_its_digest(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    early = http("GET", f"/reports/{ID}/file")
    assert (early.status, early.document["code"], early.headers["Retry-After"]) == (409, "notFinished", "1")
    world.execute(ID)
    answer = http("GET", f"/reports/{ID}/file")
    digest = base64.b64encode(hashlib.sha256(next(iter(world.results.objects.values()))).digest()).decode()
    assert (answer.status, answer.headers["Repr-Digest"]) == (302, f"sha-256=:{digest}:")
    assert answer.headers["Location"].startswith("https://files.example/")
    world.clock.sleep(FILE_TTL.total_seconds())
    assert (http("GET", f"/reports/{ID}/file").document["code"]) == "fileExpired"
    assert http("GET", f"/reports/{ID}/file").status == 410


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_report_without_a_file_says_so(world: World, http: Http, state: State) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    claim(world)
    failure = Failure(code=FailureCode.INTERNAL, message="No.")
    step = steps.fail(1, failure, START) if state is State.FAILED else steps.confirm_cancel(1, START)
    world.reports.change(ID, step)
    answer = http("GET", f"/reports/{ID}/file")
    assert (answer.status, answer.document["code"]) == (409, "noFile")
    assert state.lower() in answer.document["detail"].lower()


def test_cancel_is_accepted_and_may_be_repeated(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    claim(world)
    for _ in range(2):
        answer = http("POST", f"/reports/{ID}/cancel")
        assert (answer.status, answer.document["cancelRequested"], answer.document["state"]) == (202, True, "RUNNING")
    world.reports.change(ID, steps.confirm_cancel(1, START))
    assert http("POST", f"/reports/{ID}/cancel", {}).status == 200
    http("PUT", f"/reports/{OTHER}", ORDER)
    assert http("POST", f"/reports/{OTHER}/cancel").document["state"] == "CANCELLED"


def test_list_is_newest_first_in_pages_without_links(world: World, http: Http) -> None:
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(5)]
    for report_id in ids:
        http("PUT", f"/reports/{report_id}", ORDER)
        world.execute(report_id)
        world.clock.sleep(1)
    http("PUT", f"/reports/{OTHER[:-1]}f", ORDER, caller=BERT)
    found, path = [], "/reports?limit=2"
    while path:
        page = http("GET", path)
        assert [report["link"] for report in page.document["reports"]] == [None] * len(page.document["reports"])
        found += [report["reportId"] for report in page.document["reports"]]
        following = page.headers.get("Link")
        assert (following is None) == (page.document["next"] is None)
        path = "/reports" + following.removeprefix("<").partition(">")[0] if following else ""
    assert found == ids[::-1]


def test_list_is_of_one_state(world: World, http: Http) -> None:
    for n in range(4):
        report_id = f"00000000-0000-4000-8000-00000000000{n}"
        http("PUT", f"/reports/{report_id}", ORDER)
        if n % 2:
            world.execute(report_id)
        world.clock.sleep(1)
    listed = http("GET", "/reports?state=SUCCEEDED&limit=1")
    assert [report["state"] for report in listed.document["reports"]] == ["SUCCEEDED"]
    assert "state=SUCCEEDED" in listed.headers["Link"]
    assert len(http("GET", "/reports?state=QUEUED").document["reports"]) == 2


@pytest.mark.parametrize("report_id", [OTHER, "nothing", "x" * 5000, ID + "%0A"])
@pytest.mark.parametrize(("method", "after"), [("GET", ""), ("GET", "/file"), ("POST", "/cancel")])
def test_report_of_nobody_or_of_another_is_not_found(http: Http, report_id: str, method: str, after: str) -> None:
    http("PUT", f"/reports/{OTHER}", ORDER, caller=BERT)
    answer = http(method, f"/reports/{report_id}{after}")
    assert (answer.status, answer.document["code"]) == (404, "notFound")
