import pytest
from msgspec.structs import replace

from backend.protocol.quotas import FRAME_SIZE_BYTES
from tests.backend.fakes import BERT, START, World
from tests.backend.web.asking import Http
from tests.backend.web.test_reports import ID, ORDER, OTHER, claim, during_waits, tick


def test_changes_are_what_is_newer(world: World, http: Http) -> None:
    for report_id in (ID, OTHER):
        http("PUT", f"/reports/{report_id}", ORDER)
    world.execute(OTHER)
    answer = http("GET", f"/changes?watch={ID}.0~{OTHER.upper()}.0")
    assert answer.status == 200
    assert [report["reportId"] for report in answer.document["reports"]] == [OTHER]
    assert answer.document["reports"][0]["link"]
    assert (answer.document["missing"], answer.document["retryAfter"], answer.headers["Retry-After"]) == ([], 1, "1")
    ended = answer.document["reports"][0]["revision"]
    nothing = http("GET", f"/changes?watch={OTHER}.{ended}")
    assert nothing.document == {"reports": [], "missing": [], "retryAfter": None}
    assert "Retry-After" not in nothing.headers


def test_changes_wait_for_news_of_any(world: World, http: Http) -> None:
    for report_id in (ID, OTHER):
        http("PUT", f"/reports/{report_id}", ORDER)
    claim(world)
    during_waits(world, (1.0, lambda: tick(world)), (1.5, lambda: world.execute(OTHER)))
    answer = http("GET", f"/changes?watch={ID}.1~{OTHER}.0", headers={"Prefer": "wait=20"})
    assert {report["reportId"]: report["state"] for report in answer.document["reports"]} == {
        ID: "RUNNING",
        OTHER: "SUCCEEDED",
    }
    assert 1.5 <= (world.clock() - START).total_seconds() < 2.5


def test_missing_reports_are_told_at_once(world: World, http: Http) -> None:
    http("PUT", f"/reports/{OTHER}", ORDER, caller=BERT)
    http("PUT", f"/reports/{ID}", ORDER)
    answer = http("GET", f"/changes?watch={OTHER}.0~{ID}.0", headers={"Prefer": "wait=20"})
    assert (answer.document["missing"], answer.document["reports"]) == ([OTHER], [])
    assert world.clock() == START


def test_what_does_not_fit_comes_with_the_next_answer(world: World, http: Http) -> None:
    ids = [f"00000000-0000-4000-8000-0000000000{n:02}" for n in range(50)]
    for report_id in ids:
        http("PUT", f"/reports/{report_id}", ORDER)
        world.execute(report_id)
        world.reports.rows[report_id] = replace(world.reports.rows[report_id], parameters={"x": "y" * 4000})
    known = dict.fromkeys(ids, 0)
    for _ in range(30):
        answer = http("GET", "/changes?watch=" + "~".join(f"{i}.{revision}" for i, revision in known.items()))
        assert len(answer.text) <= FRAME_SIZE_BYTES
        known |= {report["reportId"]: report["revision"] for report in answer.document["reports"]}
        if answer.document["retryAfter"] is None:
            break
        assert answer.document["retryAfter"] == 1
    assert all(known.values())


@pytest.mark.parametrize(
    "watch",
    ["", "x", ID, f"{ID}.", f"{ID}.-1", f"{ID}.0~", f"{ID}.0,{OTHER}.0", f"{ID}.0%0A", "~".join([f"{ID}.0"] * 2) + "~"],
)
def test_wrong_watch_is_refused(http: Http, watch: str) -> None:
    answer = http("GET", f"/changes?watch={watch}")
    assert (answer.status, answer.document["code"], list(answer.document["fields"])) == (
        400,
        "invalidMessage",
        ["watch"],
    )


def test_more_than_fifty_are_refused(http: Http) -> None:
    ids = [f"00000000-0000-4000-8000-0000000000{n:02}.0" for n in range(51)]
    assert http("GET", f"/changes?watch={'~'.join(ids)}").status == 400
