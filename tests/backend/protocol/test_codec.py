import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.protocol import codec, messages
from backend.protocol.codec import TransportFrame
from backend.protocol.lifecycle import State
from backend.protocol.messages import (
    CancelReport,
    ErrorCode,
    GenerateReport,
    Link,
    ListReports,
    Ping,
    PongMessage,
    ReportMessage,
    Request,
    Snapshot,
    WatchReports,
)
from backend.protocol.refusals import RefusedRequest

ID = "00000000-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SNAPSHOT = Snapshot(
    report_id=ID, revision=3, state=State.RUNNING, definition="sample", parameters={}, format="csv", created_at=NOW
)


def refusal(frame: str) -> RefusedRequest:
    with pytest.raises(RefusedRequest) as caught:
        codec.decode_request(frame)
    return caught.value


@pytest.mark.parametrize(
    "request_",
    [
        Request(GenerateReport(report_id=ID, definition="sample", parameters={"a": 1}, format="csv"), "r"),
        Request(WatchReports(report_ids=(ID,)), "r"),
        Request(CancelReport(report_id=ID)),
        Request(ListReports(before="x", limit=3)),
        Request(Ping(), "p" * 64),
    ],
)
def test_request_survives_the_wire(request_: Request) -> None:
    assert codec.decode_request(codec.encode_request(request_)) == request_


def test_seed_request_means_the_sample() -> None:
    request = codec.decode_request('{"action":"generateReport","data":{"delay":40000,"amountOfRows":500}}')
    assert request.data == GenerateReport(definition="sample", parameters={"delay": 40000, "amountOfRows": 500})


def test_snapshot_has_every_field_of_the_contract() -> None:
    frame = json.loads(codec.encode(ReportMessage(report=SNAPSHOT)))
    assert frame.keys() == {"type", "report"}
    assert frame["report"] == {
        "reportId": ID,
        "revision": 3,
        "state": "RUNNING",
        "definition": "sample",
        "parameters": {},
        "format": "csv",
        "formatOptions": {},
        "createdAt": "2026-11-02T09:30:00Z",
        "startedAt": None,
        "finishedAt": None,
        "cancelRequested": False,
        "progress": None,
        "retryAfter": None,
        "result": None,
        "link": None,
        "error": None,
    }


def test_answer_carries_its_request_id_and_a_push_none() -> None:
    assert codec.encode(PongMessage(request_id="r")) == b'{"type":"pong","requestId":"r"}'
    assert codec.encode(PongMessage()) == b'{"type":"pong"}'


def test_client_ignores_fields_of_a_newer_service() -> None:
    frame = json.loads(codec.encode(ReportMessage(report=SNAPSHOT)))
    frame["report"]["mood"] = "good"
    frame["weather"] = "fine"
    assert codec.decode_message(json.dumps(frame)) == ReportMessage(report=SNAPSHOT)


@pytest.mark.parametrize(
    "frame",
    [
        '{"message": "Internal server error", "connectionId": "c", "requestId": "r"}',
        "https://bucket.example/report.csv?X-Amz-Signature=1",
        '{"type": "novelty"}',
        '{"type": "report", "report": {}}',
        "",
        b"\xff\xfe",
        "[" * 10_000,
    ],
)
def test_frame_that_is_no_message_is_told_apart(frame: str | bytes) -> None:
    with pytest.raises(TransportFrame) as caught:
        codec.decode_message(frame)
    assert "Signature" not in str(caught.value)


@pytest.mark.parametrize(
    ("frame", "code", "word"),
    [
        ('{"action":"nonsense"}', ErrorCode.UNKNOWN_ACTION, "nonsense"),
        ('{"action":7}', ErrorCode.INVALID_MESSAGE, "action"),
        ('{"action":"ping","surprise":1}', ErrorCode.INVALID_MESSAGE, "surprise"),
        ('{"action":"ping","requestId":"' + "x" * 65 + '"}', ErrorCode.INVALID_MESSAGE, "requestId"),
        ('{"action":"ping","data":[]}', ErrorCode.INVALID_MESSAGE, "ping"),
        ('{"action":"cancelReport","data":{}}', ErrorCode.INVALID_MESSAGE, "reportId"),
        ('{"action":"watchReports","data":{"reportIds":["x"]}}', ErrorCode.INVALID_MESSAGE, "reportIds"),
        ('{"action":"cancelReport","data":{"reportId":"X"}}', ErrorCode.INVALID_MESSAGE, "a UUID"),
        ('{"action":"cancelReport","data":{"reportId":"' + ID + '\\n"}}', ErrorCode.INVALID_MESSAGE, "a UUID"),
        ('{"action":"generateReport","data":{"delay":1,"other":2}}', ErrorCode.INVALID_MESSAGE, "other is unknown"),
        ('{"action":"listReports","data":{"limit":2.5}}', ErrorCode.INVALID_MESSAGE, "a whole number from 1 to 50"),
        ('{"action":"ping","requestId":7}', ErrorCode.INVALID_MESSAGE, "not 7"),
        ('{"action":"ping","requestId":{"a":[]}}', ErrorCode.INVALID_MESSAGE, "requestId"),
        ('{"action":"generateReport","data":{"definition":"d","format":NaN}}', ErrorCode.INVALID_MESSAGE, "JSON"),
        ("null", ErrorCode.INVALID_MESSAGE, "object"),
        ("[" * 100_000, ErrorCode.INVALID_MESSAGE, "JSON"),
        (" " * 200_000, ErrorCode.INVALID_MESSAGE, "large"),
    ],
)
def test_bad_request_is_refused_with_a_reason(frame: str, code: ErrorCode, word: str) -> None:
    error = refusal(frame).error
    assert error.code == code
    assert word in error.message


@pytest.mark.parametrize(
    ("action", "data", "fields"),
    [
        (
            "cancelReport",
            {"reportId": 7, "soon": True},
            {"reportId": "must be a UUID", "soon": "is unknown: there is reportId"},
        ),
        ("cancelReport", {"reportId": None}, {"reportId": "is missing: a UUID"}),
        ("watchReports", {"reportIds": [ID] * 51}, {"reportIds": "must be a list of at most 50 UUIDs"}),
        ("watchReports", {"reportIds": [7]}, {"reportIds": "must be a list of at most 50 UUIDs"}),
        ("listReports", {"limit": 0}, {"limit": "must be a whole number from 1 to 50"}),
        ("listReports", {"limit": True}, {"limit": "must be a whole number from 1 to 50"}),
        ("listReports", {"before": []}, {"before": "must be a text of at most 128 characters"}),
        ("describeCatalog", {"after": "x" * 129}, {"after": "must be a text of at most 128 characters"}),
        ("generateReport", {"definition": ""}, {"definition": "must be a text of 1 to 64 characters"}),
        ("generateReport", {"definition": "d", "parameters": []}, {"parameters": "must be an object"}),
        ("generateReport", {"definition": "d", "format": 1}, {"format": "must be a text of at most 16 characters"}),
        ("ping", {"x": 1}, {"x": "is unknown: there is nothing"}),
    ],
)
def test_every_wrong_member_is_named_with_what_it_must_be(action: str, data: object, fields: dict[str, str]) -> None:
    error = refusal(json.dumps({"action": action, "data": data, "requestId": "r"})).error
    assert (error.code, error.fields) == (ErrorCode.INVALID_MESSAGE, fields)
    assert all(reason in error.message for reason in fields.values())


@pytest.mark.parametrize("action", messages.ACTIONS)
def test_null_is_as_absent(action: str) -> None:
    needed: dict[str, dict[str, Any]] = {
        "generateReport": {"definition": "d"},
        "cancelReport": {"reportId": ID},
        "watchReports": {"reportIds": []},
    }
    members = {field.encode_name for field in msgspec.structs.fields(messages.ACTIONS[action])}
    full = {**dict.fromkeys(members | {"ofNobody"}), **needed.get(action, {})}
    frames = [{"action": action, "data": data, "requestId": None} for data in (full, needed.get(action))]
    without, with_nulls = (codec.decode_request(json.dumps(frame)) for frame in frames)
    assert without == with_nulls


def test_ids_are_taken_in_capitals_and_kept_in_small_letters() -> None:
    shouted = ID.replace("0", "A").upper()
    for action, data in (("cancelReport", {"reportId": shouted}), ("watchReports", {"reportIds": [shouted, ID]})):
        request = codec.decode_request(json.dumps({"action": action, "data": data}))
        assert json.loads(codec.encode_request(request))["data"] == json.loads(json.dumps(data).replace("A", "a"))


def test_whole_number_may_be_written_with_a_point() -> None:
    assert codec.decode_request('{"action":"listReports","data":{"limit":50.0}}').data == ListReports(limit=50)


def test_refusal_names_the_request_and_stays_short() -> None:
    refused = refusal(json.dumps({"action": "x" * 1000, "requestId": "r-1"}))
    assert refused.request_id == "r-1"
    assert len(refused.error.message) < 200
    assert len(refusal(json.dumps({"action": "ping", "data": {"y" * 10_000: 1}})).error.message) < 500


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | json_values.map(json.dumps))
def test_any_text_is_a_request_or_a_refusal(frame: str) -> None:
    try:
        codec.decode_request(frame)
    except RefusedRequest as refused:
        codec.encode(messages.ErrorMessage(error=refused.error))


@given(st.sampled_from(sorted(messages.ACTIONS)), json_values)
def test_any_data_is_accepted_or_refused(action: str, data: object) -> None:
    try:
        request = codec.decode_request(json.dumps({"action": action, "data": data}))
    except RefusedRequest as refused:
        assert refused.error.code == ErrorCode.INVALID_MESSAGE
    else:
        assert isinstance(request.data, messages.ACTIONS[action])


def test_link_never_shows_its_signature() -> None:
    link = Link(url="https://x/?X-Amz-Signature=secret", expires_at=NOW)
    assert "secret" not in f"{link} {link!r} {replace(SNAPSHOT, link=link)!r}"
