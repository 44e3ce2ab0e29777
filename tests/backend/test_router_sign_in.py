"""Who is behind a connection, and for how long."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from backend.domain.caller import NoIdentity, SignIn, owner_of
from backend.protocol.messages import (
    ErrorCode,
    ErrorMessage,
    PongMessage,
)
from backend.router import ACCEPTED, NOT_OF_THE_SOCKET, REFUSED, route
from backend.service.identification import _log_fields
from tests.backend.fakes import ANNA, BERT, World
from tests.backend.socket_events import ID, ask, connect_both, event, generate

SCOPE = "20261102/eu-west-1/execute-api/aws4_request"


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    connect_both(world)


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
