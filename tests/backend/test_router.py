import dataclasses
import json

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from backend.protocol.codec import encode
from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CatalogMessage,
    ErrorCode,
    ErrorMessage,
    PongMessage,
    ReportMessage,
    ReportsMessage,
)
from backend.protocol.quotas import FRAME_SIZE_BYTES, MESSAGE_SIZE_BYTES
from backend.router import ACCEPTED, route
from backend.service.ports import Delivery
from tests.backend.fakes import ANNA, BERT, World
from tests.backend.socket_events import ID, ask, connect_both, event, generate

OTHER = "00000000-0000-4000-8000-000000000002"


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    connect_both(world)


@pytest.mark.parametrize("size", [FRAME_SIZE_BYTES, MESSAGE_SIZE_BYTES])
def test_answer_that_the_gateway_would_refuse_is_an_error_instead(world: World, size: int) -> None:
    (name, definition), *_ = world.catalog.items()
    huge = dataclasses.replace(definition, description="x" * size)
    world.catalog = {name: huge}
    world.compose()
    route(event("$default", ANNA.connection_id, '{"action":"describeCatalog","requestId":"r"}'), world.router)
    (answer,) = world.push.to(ANNA.connection_id)
    assert isinstance(answer, ErrorMessage)
    assert (answer.error.code, answer.request_id) == (ErrorCode.INTERNAL, "r")


def test_nothing_is_posted_on_connect(world: World) -> None:
    assert world.push.frames == []


def test_disconnect_forgets_the_connection_and_keeps_its_reports(world: World) -> None:
    generate(world)
    assert route(event("$disconnect", ANNA.connection_id), world.router) == ACCEPTED
    assert ANNA.connection_id not in world.connections.rows
    assert world.reports.rows[ID].state is State.QUEUED


def test_generate_answers_the_queued_report_with_its_request_id(world: World) -> None:
    answer = ask(world, {"action": "generateReport", "requestId": "r-1", "data": {"delay": 1, "amountOfRows": 2}})
    assert isinstance(answer, ReportMessage)
    assert answer.request_id == "r-1"
    assert answer.report.state is State.QUEUED
    assert (answer.report.definition, answer.report.parameters) == ("sample", {"delay": 1, "amountOfRows": 2})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"action":"nonsense"}', ErrorCode.UNKNOWN_ACTION),
        ('{"action":"$disconnect"}', ErrorCode.UNKNOWN_ACTION),
        ('{"action":"$connect"}', ErrorCode.UNKNOWN_ACTION),
        ("", ErrorCode.INVALID_MESSAGE),
        ("{", ErrorCode.INVALID_MESSAGE),
        ('{"action":"ping","data":{"extra":1}}', ErrorCode.INVALID_MESSAGE),
        ('{"action":"watchReports","data":{"reportIds":["../etc"]}}', ErrorCode.INVALID_MESSAGE),
        ('{"action":"listReports","data":{"limit":51}}', ErrorCode.INVALID_MESSAGE),
        ('{"action":"listReports","data":{"before":"elsewhere"}}', ErrorCode.INVALID_MESSAGE),
        ('{"action":"generateReport","data":{"definition":"nothing"}}', ErrorCode.UNKNOWN_DEFINITION),
        (f'{{"action":"cancelReport","data":{{"reportId":"{OTHER}"}}}}', ErrorCode.NOT_FOUND),
    ],
)
def test_bad_request_is_answered_with_its_error(world: World, body: str, code: ErrorCode) -> None:
    answer = ask(world, body)
    assert isinstance(answer, ErrorMessage)
    assert answer.error.code == code


def test_unknown_action_is_named(world: World) -> None:
    answer = ask(world, '{"action":"nonsense","requestId":"r-9"}')
    assert isinstance(answer, ErrorMessage)
    assert "nonsense" in answer.error.message
    assert answer.request_id == "r-9"


def test_fault_in_the_service_is_answered_without_details(world: World) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("table arn:aws:secret")

    world.reports.put_new = fail  # type: ignore[method-assign,assignment]
    answer = generate(world)
    assert isinstance(answer, ErrorMessage)
    assert answer.error.code == ErrorCode.INTERNAL
    assert "secret" not in answer.error.message


def test_watch_returns_own_reports_and_the_rest_as_missing(world: World) -> None:
    generate(world)
    generate(world, OTHER, BERT.connection_id)
    ask_ids = [ID, OTHER, "00000000-0000-4000-8000-00000000000f"]
    answer = ask(world, {"action": "watchReports", "data": {"reportIds": ask_ids}})
    assert isinstance(answer, ReportsMessage)
    assert [report.report_id for report in answer.reports] == [ID]
    assert list(answer.missing) == ask_ids[1:]
    assert ANNA.connection_id not in world.reports.rows[OTHER].watchers


def test_watch_gives_a_fresh_link_to_a_finished_report(world: World) -> None:
    generate(world)
    world.execute(ID)
    world.clock.sleep(3600)
    route(event("$connect", "conn-2", identity={"userArn": ANNA.owner}), world.router)
    answer = ask(world, {"action": "watchReports", "data": {"reportIds": [ID]}}, "conn-2")
    assert isinstance(answer, ReportsMessage)
    assert answer.reports[0].link is not None
    assert answer.reports[0].link.expires_at > world.clock()


def test_expired_file_has_no_link(world: World) -> None:
    generate(world)
    world.execute(ID)
    world.clock.sleep(7 * 24 * 3600)
    route(event("$connect", "conn-2", identity={"userArn": ANNA.owner}), world.router)
    answer = ask(world, {"action": "watchReports", "data": {"reportIds": [ID]}}, "conn-2")
    assert isinstance(answer, ReportsMessage)
    assert answer.reports[0].link is None
    assert answer.reports[0].result is not None


def test_list_has_own_reports_newest_first_in_pages(world: World) -> None:
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(5)]
    for report_id in ids:
        generate(world, report_id)
        world.clock.sleep(1)
    generate(world, "00000000-0000-4000-8000-0000000000ff", BERT.connection_id)
    listed: list[str] = []
    before = None
    while True:
        data = {"limit": 2} | ({"before": before} if before else {})
        answer = ask(world, {"action": "listReports", "data": data})
        assert isinstance(answer, ReportsMessage)
        listed += [report.report_id for report in answer.reports]
        before = answer.next
        if before is None:
            break
    assert listed == ids[::-1]


SIZES = (0, 100, 600, 4_000, 9_000, 14_000, 26_000)
"""Bytes of a report's parameters: more than a request may have, as defaults come on top."""


def store_reports(world: World) -> list[str]:
    ids = [f"00000000-0000-4000-8000-0000000000{n:02}" for n in range(50)]
    generate(world, ids[0])
    world.execute(ids[0])
    for report_id in ids[1:]:
        world.clock.sleep(1)
        row = replace(world.reports.rows[ids[0]], report_id=report_id, created_at=world.clock())
        world.reports.rows[report_id] = row
    return ids


def resize(world: World, size: int) -> None:
    for report_id, row in world.reports.rows.items():
        world.reports.rows[report_id] = replace(row, parameters={"x": "y" * size})


def test_large_watch_is_answered_in_parts_below_the_size_limit(world: World) -> None:
    ids = store_reports(world)
    unknown = "00000000-0000-4000-8000-0000000000ff"
    body = json.dumps({"action": "watchReports", "requestId": "w", "data": {"reportIds": [*ids[1:], unknown]}})
    for size in SIZES:
        resize(world, size)
        before = len(world.push.frames)
        route(event("watchReports", ANNA.connection_id, body), world.router)
        answers = [message for _, message in world.push.frames[before:] if isinstance(message, ReportsMessage)]
        assert len(answers) > 1
        assert {answer.request_id for answer in answers} == {"w"}
        assert max(len(encode(answer)) for answer in answers) <= FRAME_SIZE_BYTES
        assert [answer.more for answer in answers] == [True] * (len(answers) - 1) + [UNSET]
        assert [snapshot.report_id for answer in answers for snapshot in answer.reports] == ids[1:]
        assert [answer.missing for answer in answers] == [()] * (len(answers) - 1) + [(unknown,)]


def test_large_page_ends_early_and_goes_on_from_there(world: World) -> None:
    ids = store_reports(world)
    for size in SIZES:
        resize(world, size)
        listed: list[str] = []
        before = None
        while True:
            answer = ask(world, {"action": "listReports", "data": {"before": before} if before else {}})
            assert isinstance(answer, ReportsMessage)
            assert len(encode(answer)) <= FRAME_SIZE_BYTES
            listed += [report.report_id for report in answer.reports]
            before = answer.next
            if before is None:
                break
        assert listed == ids[::-1]


def test_sixth_active_report_is_refused_until_one_ends(world: World) -> None:
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(6)]
    for report_id in ids[:5]:
        assert isinstance(generate(world, report_id), ReportMessage)
    refused = generate(world, ids[5])
    assert isinstance(refused, ErrorMessage)
    assert refused.error.code == ErrorCode.TOO_MANY_REPORTS
    assert ids[5] not in world.reports.rows
    assert isinstance(generate(world, ids[0]), ReportMessage), "asking again for one of them is no sixth"
    assert isinstance(generate(world, ids[5], BERT.connection_id), ReportMessage), "others have their own limit"
    world.execute(ids[0])
    assert isinstance(generate(world, "00000000-0000-4000-8000-000000000006"), ReportMessage)


def test_lost_reports_do_not_count_against_the_limit(world: World) -> None:
    for n in range(5):
        generate(world, f"00000000-0000-4000-8000-00000000000{n}")
    world.clock.sleep(31 * 60)
    assert isinstance(generate(world, OTHER[:-1] + "9"), ReportMessage)


def test_answer_is_posted_again_until_delivered(world: World) -> None:
    world.push.outcomes = [Delivery.UNDELIVERED, Delivery.UNDELIVERED]
    assert isinstance(ask(world, {"action": "ping"}), PongMessage)


def test_cancel_of_a_lost_report_finds_it_lost(world: World) -> None:
    generate(world)
    world.clock.sleep(31 * 60)
    answer = ask(world, {"action": "cancelReport", "data": {"reportId": ID}})
    assert isinstance(answer, ReportMessage)
    assert answer.report.state is State.FAILED


def test_cancel_is_told_to_the_other_watchers(world: World) -> None:
    generate(world)
    route(event("$connect", "conn-2", identity={"userArn": ANNA.owner}), world.router)
    ask(world, {"action": "watchReports", "data": {"reportIds": [ID]}}, "conn-2")
    ask(world, {"action": "cancelReport", "data": {"reportId": ID}}, "conn-2")
    last = world.push.to(ANNA.connection_id)[-1]
    assert isinstance(last, ReportMessage)
    assert last.report.state is State.CANCELLED


def test_cancel_of_a_queued_report_ends_it(world: World) -> None:
    generate(world)
    answer = ask(world, {"action": "cancelReport", "data": {"reportId": ID}})
    assert isinstance(answer, ReportMessage)
    assert answer.report.state is State.CANCELLED
    world.execute(ID)
    assert world.reports.rows[ID].state is State.CANCELLED


def test_cancel_of_anothers_report_changes_nothing(world: World) -> None:
    generate(world)
    answer = ask(world, {"action": "cancelReport", "data": {"reportId": ID}}, BERT.connection_id)
    assert isinstance(answer, ErrorMessage)
    assert answer.error.code == ErrorCode.NOT_FOUND
    assert not world.reports.rows[ID].cancel_requested


def test_report_nobody_began_is_found_so_on_the_next_read(world: World) -> None:
    generate(world)
    world.clock.sleep(31 * 60)
    answer = ask(world, {"action": "listReports"})
    assert isinstance(answer, ReportsMessage)
    assert answer.reports[0].state is State.FAILED
    assert answer.reports[0].error is not None
    assert answer.reports[0].error.code == "noWorkerFree"
    assert answer.reports[0].error.message == "No worker was free for 30 minutes."


def test_catalog_describes_the_sample(world: World) -> None:
    answer = ask(world, {"action": "describeCatalog"})
    assert isinstance(answer, CatalogMessage)
    (sample,) = [each for each in answer.definitions if each.id == "sample"]
    assert sample.parameters["properties"].keys() == {"delay", "amountOfRows"}
    assert sample.formats == ("csv", "xlsx", "parquet")


def test_long_catalog_comes_in_pages(world: World) -> None:
    parameters = {
        "type": "object",
        "properties": {"a": {"type": "string", "title": "A", "enum": [f"{n:09}" for n in range(1_000)]}},
    }
    long = {
        f"long-{n}": dataclasses.replace(world.catalog["sample"], id=f"long-{n}", parameters=parameters)
        for n in range(20)
    }
    world.catalog = {**world.catalog, **long}
    world.compose()
    ids, after = list[str](), None
    for _ in range(20):
        answer = ask(world, {"action": "describeCatalog", "data": {"after": after}})
        assert isinstance(answer, CatalogMessage)
        assert len(encode(answer)) < FRAME_SIZE_BYTES
        ids += [each.id for each in answer.definitions]
        after = answer.next
        if after is None:
            break
    assert ids == list(world.catalog)
    refused = ask(world, {"action": "describeCatalog", "data": {"after": "nothing"}})
    assert isinstance(refused, ErrorMessage)
    assert refused.error.code == ErrorCode.INVALID_MESSAGE
