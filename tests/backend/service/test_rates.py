import dataclasses
import json

import pytest

from backend.protocol.messages import ErrorCode, ErrorMessage, PongMessage
from backend.protocol.refusals import RefusedRequest
from backend.router import route
from backend.service.ports import StoreUnavailable
from tests.backend.fakes import ANNA, BERT, World
from tests.backend.service.test_submission import ASKED
from tests.backend.socket_events import event


@pytest.fixture
def limited(world: World) -> World:
    world.settings = dataclasses.replace(world.settings, messages_per_second=2, submissions_per_minute=3)
    world.compose()
    for caller in (ANNA, BERT):
        route(event("$connect", caller.connection_id, identity={"userArn": caller.owner}), world.router)
    return world


def ping(world: World, connection_id: str) -> object:
    route(event("ping", connection_id, json.dumps({"action": "ping", "requestId": "r"})), world.router)
    return world.push.to(connection_id)[-1]


def test_message_beyond_the_limit_is_told_when_to_come_again(limited: World) -> None:
    for _ in range(20):
        assert isinstance(ping(limited, ANNA.connection_id), PongMessage)
    limited.clock.sleep(3)
    refused = ping(limited, ANNA.connection_id)
    assert isinstance(refused, ErrorMessage)
    assert (refused.error.code, refused.error.retry_after, refused.request_id) == ("tooManyRequests", 7, "r")
    assert refused.error.message == "You are sending too many messages. Try again in 7 s."
    limited.clock.sleep(7)
    assert isinstance(ping(limited, ANNA.connection_id), PongMessage)


def test_limit_is_one_person_s_on_however_many_connections(limited: World) -> None:
    for n in range(20):
        route(event("$connect", f"c{n}", identity={"userArn": ANNA.owner}), limited.router)
        assert isinstance(ping(limited, f"c{n}"), PongMessage)
    assert isinstance(ping(limited, ANNA.connection_id), ErrorMessage)
    assert isinstance(ping(limited, BERT.connection_id), PongMessage)


def test_reports_asked_for_are_limited_too_even_those_that_are_refused(limited: World) -> None:
    for _ in range(3):
        limited.submit(ANNA, ASKED)
    with pytest.raises(RefusedRequest) as caught:
        limited.submit(ANNA, ASKED)
    assert caught.value.error.code == ErrorCode.TOO_MANY_REQUESTS
    assert caught.value.error.message == "You have asked for more than 3 reports in a minute. Try again in 60 s."
    assert len(limited.reports.rows) == 1
    limited.clock.sleep(60)
    limited.submit(ANNA, ASKED)


def test_what_cannot_be_read_counts_as_well(limited: World) -> None:
    for _ in range(21):
        route(event("$default", ANNA.connection_id, "{"), limited.router)
    codes = [message.error.code for message in limited.push.to(ANNA.connection_id) if isinstance(message, ErrorMessage)]
    assert codes == ["invalidMessage"] * 20 + ["tooManyRequests"]


def test_request_costs_one_count(limited: World) -> None:
    ping(limited, ANNA.connection_id)
    assert list(limited.counter.counts.values()) == [1]
    assert ANNA.owner not in "".join(limited.counter.counts)


def test_counter_that_is_away_stops_nobody(limited: World) -> None:
    limited.counter.error = StoreUnavailable("away")
    for _ in range(30):
        assert isinstance(ping(limited, ANNA.connection_id), PongMessage)
