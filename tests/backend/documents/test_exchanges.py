"""Every example of the documents is what the service does."""

import json
import re
from typing import Any

import pytest

from backend.documents.examples import ID
from backend.documents.exchanges import HttpExchange, SocketExchange, built
from backend.documents.http_answers import ANSWERED
from backend.documents.http_refusals import REFUSED
from backend.documents.socket_exchanges import OF_THE_GATEWAY, PUSHED, SOCKET
from backend.protocol.codec import TransportFrame, decode_message, encode
from backend.protocol.messages import ACTIONS
from backend.router import route
from backend.service.ports import Delivery
from tests.backend.documents.described import asyncapi, faults_of, frame_faults, is_allowed, openapi
from tests.backend.documents.situations import world_in
from tests.backend.fakes import ANNA
from tests.backend.web.asking import http_of

ANY_LINK = "https://files.example/…"
HTTP = (*ANSWERED, *REFUSED)


def shown(document: Any) -> Any:
    """Return a document with one link for all, as each has a signature of its own."""
    return json.loads(re.sub(r"https://files\.example/[^\"]*", ANY_LINK, json.dumps(document)))


@pytest.mark.parametrize("exchange", HTTP, ids=lambda each: f"{each.operation}-{each.status}-{each.name}")
def test_door_answers_as_the_example_says(exchange: HttpExchange) -> None:
    http = http_of(world_in(exchange.situation))
    body = {} if exchange.body is None else {"body": exchange.body}
    caller = {} if exchange.is_signed else {"caller": None}
    answer = http(exchange.method, exchange.path, headers=exchange.headers, **body, **caller)
    found = {**answer.headers, "Location": answer.headers.get("Location", "")}
    document: Any = json.loads(answer.text) if answer.text else None
    if exchange.operation == "submitReport":
        found["Location"] = found["Location"].replace(document["reportId"], ID)
        document["reportId"] = ID
    assert (answer.status, shown(document)) == (exchange.status, shown(exchange.answer))
    assert shown({name: found[name] for name in exchange.answer_headers}) == shown(dict(exchange.answer_headers))


def test_every_way_in_which_a_request_is_carried_out_has_an_example() -> None:
    by_id = {operation["operationId"]: operation for path in openapi()["paths"].values() for operation in path.values()}
    for name, operation in by_id.items():
        good = {int(status) for status in operation["responses"] if int(status) < 300}
        known = {each.status for each in ANSWERED if each.operation == name}
        assert good <= known or name in {"getOpenApi", "getAsyncApi"}


def test_examples_of_bodies_may_be_sent() -> None:
    for exchange in ANSWERED:
        if exchange.body is not None:
            name = "Nothing" if exchange.operation == "cancelReport" else "Order"
            assert is_allowed("openapi.json", name, exchange.body)


@pytest.mark.parametrize(
    ("schema", "value", "is_good"),
    [
        ("Order", {"definition": "sample", "parameters": None, "format": None}, True),
        ("Order", {"delay": 5000.0}, True),
        ("Order", {"delay": None, "amountOfRows": 1}, True),
        ("Order", {}, False),
        ("Order", {"definition": "sample", "delay": 1}, False),
        ("Order", {"definition": "sample", "reportId": ID}, False),
        ("Order", {"definition": ""}, False),
        ("Order", {"definition": "sample", "parameters": []}, False),
    ],
)
def test_schema_of_an_order_is_what_the_door_takes(schema: str, value: Any, *, is_good: bool) -> None:
    assert is_allowed("openapi.json", schema, value) == is_good
    answer = http_of(world_in("nothing"))("PUT", f"/reports/{ID}", value)
    assert (answer.status == 201) == is_good


@pytest.mark.parametrize("exchange", SOCKET, ids=lambda each: f"{each.action}-{each.name}")
def test_socket_answers_as_the_example_says(exchange: SocketExchange) -> None:
    assert is_allowed("asyncapi.json", "Request", exchange.request)
    world = world_in(exchange.situation)
    frames: list[bytes] = []

    def push(_connection_id: str, frame: bytes) -> Delivery:
        frames.append(frame)
        return Delivery.DELIVERED

    world.compose(push=push)
    context = {"eventType": "MESSAGE", "connectionId": ANNA.connection_id}
    route({"requestContext": context, "body": json.dumps(exchange.request)}, world.router)
    (frame,) = frames
    assert frame_faults(frame) == []
    answer, example = json.loads(frame), built(exchange.answer)
    if exchange.name == "sample":
        answer["report"]["reportId"] = ID  # the service's own
    assert shown(answer) == shown(example)


def test_examples_of_frames_are_right() -> None:
    assert {each.action for each in SOCKET} == {*ACTIONS}
    for message in (PUSHED, *(each.answer for each in SOCKET)):
        assert frame_faults(encode(message)) == []
    assert faults_of("asyncapi.json", "GatewayMessage", OF_THE_GATEWAY) == []
    with pytest.raises(TransportFrame):
        decode_message(json.dumps(OF_THE_GATEWAY))


@pytest.mark.parametrize(
    "request_",
    [
        {"action": "nothing"},
        {"action": "generateReport"},
        {"action": "cancelReport", "data": None},
        {"action": "watchReports", "data": {"reportIds": [ID] * 51}},
        {"action": "listReports", "data": {"limit": 0}},
        {"action": "ping", "requestId": "x" * 65},
        {"action": "ping", "more": 1},
    ],
)
def test_schema_of_requests_refuses_what_the_router_refuses(request_: Any) -> None:
    assert not is_allowed("asyncapi.json", "Request", request_)


@pytest.mark.parametrize("action", ["ping", "listReports", "describeCatalog"])
def test_data_may_be_left_out_where_all_of_it_may(action: str) -> None:
    for request in ({"action": action}, {"action": action, "data": None, "requestId": None}):
        assert is_allowed("asyncapi.json", "Request", request)


def test_examples_of_the_document_are_these() -> None:
    payloads = [
        example["payload"]
        for message in asyncapi()["components"]["messages"].values()
        for example in message["examples"]
    ]
    assert all(each.request in payloads and built(each.answer) in payloads for each in SOCKET)
    text = json.dumps(openapi())
    assert all(json.dumps(each.answer) in text for each in HTTP)
