import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from backend.domain.caller import NoIdentity, owner_of
from backend.protocol.codec import encode
from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CatalogMessage,
    ErrorCode,
    ErrorMessage,
    PongMessage,
    ReportMessage,
    ReportsMessage,
    ServiceMessage,
)
from backend.protocol.quotas import FRAME_SIZE_BYTES, MESSAGE_SIZE_BYTES
from backend.router import ACCEPTED, NOT_OF_THE_SOCKET, REFUSED, route
from backend.service.identification import _log_fields
from backend.service.ports import Delivery, SignIn
from tests.backend.fakes import ANNA, BERT, World

ID = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
SCOPE = "20261102/eu-west-1/execute-api/aws4_request"


def event(route_key: str, connection_id: str, body: str = "", **context: Any) -> dict[str, Any]:
    event_type = {"$connect": "CONNECT", "$disconnect": "DISCONNECT"}.get(route_key, "MESSAGE")
    common = {"routeKey": route_key, "eventType": event_type, "connectionId": connection_id}
    return {"requestContext": {**common, **context}, "body": body}


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    for caller in (ANNA, BERT):
        route(event("$connect", caller.connection_id, identity={"userArn": caller.owner}), world.router)


def ask(world: World, message: object, connection_id: str = ANNA.connection_id) -> ServiceMessage:
    body = message if isinstance(message, str) else json.dumps(message)
    before = len(world.push.to(connection_id))
    assert route(event("$default", connection_id, body), world.router) == ACCEPTED
    (answer,) = world.push.to(connection_id)[before:]
    return answer


def generate(world: World, report_id: str = ID, connection_id: str = ANNA.connection_id) -> ServiceMessage:
    data = {"reportId": report_id, "definition": "sample", "parameters": {"delay": 0, "amountOfRows": 1}}
    return ask(world, {"action": "generateReport", "data": data}, connection_id)


def test_owner_is_who_the_gateway_verified(world: World) -> None:
    query = {"queryStringParameters": {"X-Amz-Credential": "AKIA1/2026"}}
    assert route(event("$connect", "conn-x", identity={"userArn": ANNA.owner}) | query, world.router) == ACCEPTED
    assert world.connections.rows["conn-x"][0] == SignIn(ANNA.owner)


def test_session_without_a_name_is_refused_with_a_reason(world: World, caplog: pytest.LogCaptureFixture) -> None:
    arn = "arn:aws:sts::111122223333:assumed-role/analyst/botocore-session-1795609372"
    assert route(event("$connect", "conn-x", identity={"userArn": arn}), world.router) == REFUSED
    assert "conn-x" not in world.connections.rows
    (line,) = [vars(record) for record in caplog.records if record.message == "identity refused"]
    assert (line["connectionId"], line["userArn"]) == ("conn-x", arn)
    assert "role_session_name" in line["reason"]


def test_fields_of_an_identity_that_names_nobody_are_logged_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    _log_fields.cache_clear()
    identity = {"sourceIp": "192.0.2.1", "accountId": "111122223333"}
    for connection_id in ("conn-x", "conn-y"):
        assert route(event("$connect", connection_id, identity=identity), world.router) == REFUSED
    assert [record.message for record in caplog.records].count("no identity") == 2
    (line,) = [vars(record) for record in caplog.records if "fields" in vars(record)]
    assert line["fields"] == "accountId, sourceIp"
    assert "192.0.2.1" not in str(caplog.records)


def test_log_says_who_connected_and_who_asked(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    signed = {"headers": {"authorization": "AWS4-HMAC-SHA256 Credential=AKIA1/x, Signature=5ec7e7"}}
    route(event("$connect", "conn-x", identity={"userArn": BERT.owner}) | signed, world.router)
    generate(world, connection_id="conn-x")
    lines = {record.message: vars(record) for record in caplog.records}
    assert (lines["connected"]["owner"], lines["connected"]["connectionId"]) == (BERT.owner, "conn-x")
    queued = lines["report queued"]
    assert (queued["owner"], queued["connectionId"], queued["reportId"]) == (BERT.owner, "conn-x", ID)
    assert "5ec7e7" not in str([vars(record) for record in caplog.records])


IN_QUERY = {"queryStringParameters": {"X-Amz-Credential": f"AKIA1/{SCOPE}"}}
IN_HEADER = {
    "headers": {"authorization": f"AWS4-HMAC-SHA256 Credential=AKIA1/{SCOPE}, SignedHeaders=host, Signature=0"}
}


@pytest.mark.parametrize("signed", [IN_QUERY, IN_HEADER], ids=["query", "header"])
def test_access_key_is_a_person_only_where_the_local_deployment_says_so(world: World, signed: dict[str, Any]) -> None:
    connect = event("$connect", "conn-x", identity={}) | signed
    assert route(connect, world.router) == REFUSED
    assert "conn-x" not in world.connections.rows
    local = dataclasses.replace(world.router, access_key_is_identity=True)
    assert route(connect, local) == ACCEPTED
    assert world.connections.rows["conn-x"][0] == SignIn("AKIA1")


def test_two_access_keys_are_nobody(world: World) -> None:
    both = IN_HEADER | {"queryStringParameters": {"X-Amz-Credential": f"AKIA2/{SCOPE}"}}
    local = dataclasses.replace(world.router, access_key_is_identity=True)
    assert route(event("$connect", "conn-x", identity={}) | both, local) == REFUSED


@pytest.mark.parametrize("event_type", [None, "REQUEST"])
def test_event_that_is_none_of_the_socket_is_nobody_s(world: World, event_type: str | None) -> None:
    """As the emulator sends for plain http on the socket's address, and an HTTP API would."""
    http = {"routeKey": "$default", "http": {"method": "POST"}, "connectionId": "conn-x"}
    context = http | ({"eventType": event_type} if event_type else {})
    local = dataclasses.replace(world.router, access_key_is_identity=True)
    assert route({"requestContext": context, "body": '{"action":"ping"}', **IN_QUERY}, local) == NOT_OF_THE_SOCKET
    assert "conn-x" not in world.connections.rows
    with pytest.raises(NoIdentity):
        owner_of({"requestContext": context, **IN_QUERY}, access_key_is_identity=True)


def test_connection_without_identity_is_refused(world: World) -> None:
    connect = event("$connect", "conn-x", identity={}) | {"queryStringParameters": None}
    assert route(connect, world.router) == REFUSED
    assert "conn-x" not in world.connections.rows


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


def test_report_nobody_ran_is_found_lost_on_the_next_read(world: World) -> None:
    generate(world)
    world.clock.sleep(31 * 60)
    answer = ask(world, {"action": "listReports"})
    assert isinstance(answer, ReportsMessage)
    assert answer.reports[0].state is State.FAILED
    assert answer.reports[0].error is not None
    assert answer.reports[0].error.code == "workerLost"


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


def test_every_message_renews_the_connection(world: World) -> None:
    for _ in range(5):
        world.clock.sleep(50 * 60)
        assert isinstance(ask(world, {"action": "ping"}), PongMessage)


def test_connection_whose_token_has_ended_is_told_to_connect_again(world: World) -> None:
    signed_in = SignIn(ANNA.owner, world.clock() + timedelta(minutes=5))
    world.connections.put(ANNA.connection_id, signed_in, world.clock())
    assert isinstance(ask(world, {"action": "ping"}), PongMessage)
    world.clock.sleep(5 * 60)
    answer = ask(world, {"action": "generateReport", "requestId": "p", "data": {}})
    assert isinstance(answer, ErrorMessage)
    assert answer.error.code == ErrorCode.SIGN_IN_ENDED
    assert world.reports.rows == {}


def test_connection_past_its_time_is_told_to_connect_again(world: World) -> None:
    world.clock.sleep(3600)
    answer = ask(world, {"action": "ping", "requestId": "p"})
    assert isinstance(answer, ErrorMessage)
    assert answer.error.code == ErrorCode.UNKNOWN_CONNECTION
