"""What is counted is what happened, on cases small enough to be written down."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backend.domain.report import Report
from backend.protocol.lifecycle import State
from desktop.sign_in.auth import IamAuth
from desktop.sign_in.profiles import Profile
from infra.costs import charges
from infra.costs.charges import Usage
from tests.backend.fakes import FakeReportStore, World
from tests.backend.web.asking import http_of
from tests.benchmarks.ways import counting, table
from tests.benchmarks.ways.clients import SYNCHRONOUS, TOLD, Order
from tests.benchmarks.ways.comparison import Comparison, Taken, mix, standing
from tests.benchmarks.ways.counting import PAUSE_S, Invocation, Rates, Talk, typical_s, usage_of
from tests.faults.edge.sandbox import Invocation as Streamed
from tests.faults.edge.test_http_edge import Service, site_of
from tests.faults.faults import Asked, Kind, Post
from tests.http_wire import answer_bytes
from tests.networks.network import Counts

ID = "00000000-0000-4000-8000-000000000001"
RATES = Rates(memory_mb={"router": 512, "http-router": 512, "events": 1024, "synchronous": 512})
KEYS = IamAuth(access_key_id="AKIAEXAMPLE", secret_access_key="secret")
ADDRESS = "http://127.0.0.1:1/_aws/execute-api/{}/v1"
PROFILE = Profile(name="test", endpoint="ws://127.0.0.1:1", region="eu-west-1", auth=KEYS, https=ADDRESS.format("http"))


def snapshot(state: str, **more: Any) -> dict[str, Any]:
    return {"reportId": ID, "revision": 1, "state": state, "createdAt": "2026-11-29T10:00:00Z", **more}


ENDED = snapshot("SUCCEEDED", finishedAt="2026-11-29T10:00:07Z", link={"url": "http://127.0.0.1/file"})


@dataclass
class Scripted(Service):
    """Answers in the order of its script."""

    script: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.answer = self.script.pop(0)
        await super().serve(reader, writer)


def answer(status: int, document: dict[str, Any]) -> bytes:
    headers = [("Content-Type", "application/json"), ("Retry-After", "0")]
    return answer_bytes(status, headers, json.dumps(document).encode())


def taken(way: str, *script: bytes) -> tuple[Taken, Scripted]:
    """Take one report over one way from a service that answers so."""
    service = Scripted(script=list(script))
    with site_of(service) as edge:
        local = SimpleNamespace(outputs={"rest": ADDRESS.format("rest")})
        site: Any = SimpleNamespace(gateway=edge.gateway, local=local)
        api: Any = SimpleNamespace(port=1, url="http://127.0.0.1:1", invocations=[])
        with standing(site, api, PROFILE) as stand:
            comparison = Comparison(site, api, {way: stand})
            return asyncio.run(comparison.take([Order(0, 1)], lanes=1))[way], service


def test_polls_are_counted_with_what_they_made_the_function_do() -> None:
    polls = [answer(200, snapshot("RUNNING")), answer(200, snapshot("RUNNING")), answer(200, ENDED)]
    found, service = taken(TOLD, answer(201, snapshot("QUEUED")), *polls)
    assert found.outcomes[0].link == "http://127.0.0.1/file"
    counts = found.talk.counts
    assert (counts.connections, counts.requests, counts.upgrades, found.talk.messages) == (1, 4, 0, 0)
    assert counts.bytes_up == sum(len(head.raw) for head in service.heads) + sum(map(len, service.bodies))
    assert counts.bytes_down > 4 * len(json.dumps(snapshot("QUEUED")))
    assert [each.function for each in found.talk.invocations] == ["http-router"] * 4
    usage = usage_of(found.talk, RATES)
    assert (usage.http_requests, usage.rest_requests, usage.invocations) == (4, 0, 4)
    assert (usage.table_reads, usage.table_writes) == (3.5, 8)


def test_request_to_the_rest_api_that_fails_is_counted_and_quoted() -> None:
    found, _ = taken(SYNCHRONOUS, answer(504, {"message": "Endpoint request timed out"}))
    assert found.lags_s == []
    assert found.failures == ['504 `{"message": "Endpoint request timed out"}`']
    assert usage_of(found.talk, RATES).rest_requests == 1
    assert [each.function for each in found.talk.invocations] == ["synchronous"]


# --- one request ------------------------------------------------------------------------------------


def asked(method: str, *, kind: Kind = Kind.HTTP, **headers: str) -> Asked:
    return Asked(method=method, path="/reports", query="", headers=headers, body=b"", kind=kind, at=0.0)


@pytest.mark.parametrize(
    ("request_", "took_s", "expected"),
    [
        (asked("GET"), PAUSE_S + 0.02, Invocation("http-router", "question", 0.02, 1, 1)),
        (asked("GET"), PAUSE_S / 2, Invocation("http-router", "question", 0.001, 1, 1)),
        (asked("POST"), PAUSE_S + 0.04, Invocation("http-router", "order", 0.04, 0.5, 5)),
        (asked("GET", prefer="wait=25"), PAUSE_S + 1.2, Invocation("http-router", "wait", 1.2, 4, 3)),
        (asked("POST", kind=Kind.REST), PAUSE_S + 5.1, Invocation("synchronous", "synchronous", 5.1, 20.5, 5)),
    ],
)
def test_request_is_billed_for_its_time_without_the_emulators_pause(
    request_: Asked, took_s: float, expected: Invocation
) -> None:
    found = counting.http_invocation(request_, took_s)
    assert found.seconds == pytest.approx(expected.seconds)
    assert replace(found, seconds=expected.seconds) == expected


def test_stream_is_billed_as_long_as_it_lasts() -> None:
    found = counting.streamed_invocation(Streamed({}, took_s=2.1))
    assert found == Invocation("events", "stream", 2.1, 5, 1)


def test_time_of_a_stream_ends_with_its_function() -> None:
    streamed = Streamed({}, begun_at=time.monotonic() - 2)
    streamed.end()
    assert streamed.took_s >= 2
    took_s = streamed.took_s
    streamed.end("again")
    assert streamed.took_s == took_s


def post(**message: Any) -> Post:
    return Post("c", json.dumps(message).encode(), 1)


def test_socket_has_three_invocations_and_a_message_for_each_post() -> None:
    large = post(report=snapshot("RUNNING", padding="x" * 33_000))
    posts = [(10.03, post(requestId="r", report=snapshot("QUEUED"))), (11.0, large), (12.0, post(report=ENDED))]
    invocations = counting.socket_invocations(10.0, "r", posts)
    assert [round(each.seconds, 3) for each in invocations] == [0.03] * 3
    talk = Talk(
        counts=Counts(connections=1, upgrades=1, bytes_up=300, bytes_down=35_000),
        invocations=tuple(invocations),
        posts=tuple(each for _, each in posts),
        requests_of_sockets=1,
        socket_s=3.0,
    )
    assert talk.messages == 1 + 1 + 2 + 1
    usage = usage_of(talk, RATES)
    assert (usage.socket_messages, usage.socket_minutes, usage.http_requests) == (5, 0.05, 0)
    assert (usage.invocations, usage.table_reads, usage.table_writes, usage.bytes_out) == (3, 0.5, 8, 35_000)
    assert usage.gb_s == pytest.approx(0.045)
    twice = usage_of(talk + talk, RATES)
    assert charges.dollars(twice) == pytest.approx(2 * charges.dollars(usage))


def test_work_that_waits_for_nothing_is_billed_the_median_of_its_kind() -> None:
    questions = tuple(Invocation("http-router", "question", seconds, 1, 1) for seconds in (0.01, 0.02, 3.0))
    wait = Invocation("http-router", "wait", 4.0, 6, 3)
    rates = replace(RATES, typical_s=typical_s((*questions, wait)))
    assert rates.typical_s == {"question": 0.02, "greeting": 0.02}
    assert usage_of(Talk(invocations=(*questions, wait)), rates).gb_s == pytest.approx(0.03 + 2.0)


# --- what requests make the tables do ---------------------------------------------------------------


class CountedReports(FakeReportStore):
    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()

    def get(self, report_id: str, now: datetime) -> Report | None:
        self.calls["get"] += 1
        return super().get(report_id, now)

    def active_ids(self, owner: str) -> tuple[str, ...]:
        self.calls["active"] += 1
        return super().active_ids(owner)


@pytest.mark.parametrize("wait_s", [0, 1, 3, 25])
def test_door_reads_and_counts_as_often_as_is_billed(wait_s: int) -> None:
    world = World()
    reports = CountedReports()
    world.reports = reports
    world.compose()
    ask = http_of(world)
    submitted = ask("POST", "/reports", {"delay": 60_000, "amountOfRows": 1})
    assert (reports.calls["active"], sum(world.counter.counts.values())) == (1, 2)
    reports.calls.clear()
    before = sum(world.counter.counts.values())
    headers = {"If-None-Match": submitted.headers["ETag"], "Prefer": f"wait={wait_s}"}
    began = world.clock()
    ask("GET", f"/reports/{submitted.document['reportId']}?until=end", headers=headers)
    seconds = (world.clock() - began).total_seconds()
    waits = asked("GET", prefer="wait") if wait_s else asked("GET")
    expected = counting.http_invocation(waits, seconds + PAUSE_S)
    # The last pause of a wait ends with it, and is a shorter one.
    assert reports.calls["get"] in {expected.reads, expected.reads + 1}
    assert sum(world.counter.counts.values()) - before == expected.writes


# --- the table --------------------------------------------------------------------------------------


def test_mix_is_the_same_each_time_and_has_more_short_reports_than_long_ones() -> None:
    delays = [order.delay_ms for order in mix(50)]
    assert delays == [order.delay_ms for order in mix(50)]
    assert delays != [order.delay_ms for order in mix(50, seed=2)]
    assert 1_000 <= min(delays) < 2_000
    assert 30_000 < max(delays) <= 60_000
    assert sum(delay < 10_000 for delay in delays) > sum(delay > 29_000 for delay in delays) > 5


def test_table_says_how_a_way_fails_and_what_the_others_cost() -> None:
    polled, _ = taken(TOLD, answer(201, snapshot("QUEUED")), answer(200, ENDED))
    failed, _ = taken(SYNCHRONOUS, answer(504, {"message": "Endpoint request timed out"}))
    (line,) = list(table.behaviour({"40 s": {TOLD: failed}}, {TOLD: polled}))[2:]
    assert line.startswith(f'| {TOLD} | 504 `{{"message": "Endpoint request timed out"}}` | 1 of 1 | ')
    (line,) = list(table.prices({}, {TOLD: polled}, RATES))[2:]
    assert line.startswith(f"| {TOLD} | 1, 2, 5 s | 2.0 | ")


@pytest.mark.parametrize("pace_s", [1, 2, 5])
def test_being_told_costs_less_than_asking_as_often(pace_s: int) -> None:
    told = Usage(socket_messages=1, socket_minutes=pace_s / 60)
    question = Usage(http_requests=1, invocations=1, gb_s=charges.gb_s(0.001, 512), table_reads=1, table_writes=1)
    assert charges.dollars(told) < charges.dollars(question) / 1.5


def test_lag_is_from_the_end_of_the_work_to_the_link() -> None:
    polled, _ = taken(TOLD, answer(201, ENDED))
    (outcome,) = polled.outcomes
    end = datetime(2026, 11, 29, 10, 0, 7, tzinfo=UTC)
    assert outcome.lag_s == (outcome.known_at - end).total_seconds()
    assert outcome.pace_s == 1
    assert cast("dict[str, Any]", outcome.report)["state"] == State.SUCCEEDED
