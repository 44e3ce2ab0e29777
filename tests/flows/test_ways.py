"""The seed's report over every way to wait for it, behind the limits that API Gateway has, shortened."""

import asyncio
import hashlib
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.benchmarks.ways import clients
from tests.benchmarks.ways.clients import EVENTS, FALLBACK, LONG, SOCKET, TOLD, WAYS, Order, Place
from tests.benchmarks.ways.comparison import standing
from tests.faults import site
from tests.faults.faults import Kind
from tests.faults.rest.conftest import SETTINGS
from tests.faults.rest.streams import streaming, unpacked
from tests.faults.runtime_api import StreamingApi
from tests.faults.site import Site
from tests.flows.plain import connected, hear
from tests.limits import HANG_S

pytestmark = pytest.mark.slow

LIMIT_S = 1.0
"""In the place of the 29 s of a REST API."""
SLOW = Order(delay_ms=2_000, rows=500)
"""In the place of the seed's 40 s."""
QUICK = Order(delay_ms=0, rows=500)

Behind = tuple[Site, StreamingApi]


@pytest.fixture(scope="module")
def running(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    root = unpacked(tmp_path_factory.mktemp("events"))
    with (
        site.running(cache / "reportwire", settings=SETTINGS) as there,
        streaming(there.local, root) as api,
    ):
        yield there, api


@pytest.fixture
def behind(running: Behind) -> Behind:
    """The service behind a gateway that behaves so far."""
    running[0].gateway.reset()
    return running


@contextmanager
def analyst(behind: Behind) -> Iterator[Place]:
    with standing(*behind, behind[0].analyst()) as stand:
        yield stand.place


def run(flow: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(flow, HANG_S))


def assert_made(report: dict[str, Any]) -> None:
    assert report["state"] == "SUCCEEDED"
    content = httpx.get(report["link"]["url"], trust_env=False).raise_for_status().content
    assert hashlib.sha256(content).hexdigest() == report["result"]["sha256"]
    assert content.count(b"\n") == 501


async def only_report(http: httpx.AsyncClient, place: Place) -> dict[str, Any]:
    """Return the analyst's report, which a function that was cut off while it started has yet to make."""
    while not (reports := (await http.get(f"{place.profile.https}/reports")).json()["reports"]):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    (report,) = reports
    return dict(report)


async def by_socket(place: Place, report_id: str) -> dict[str, Any]:
    async with connected(place.profile) as connection:
        await connection.send(json.dumps({"action": "watchReports", "data": {"reportIds": [report_id]}}))
        while True:  # a push may come before the answer
            message = await hear(connection)
            report: dict[str, Any] = message.get("report") or message["reports"][0]
            if report["link"]:
                return report


def test_report_too_slow_for_one_request_fails_there_and_is_found_by_every_other_way(behind: Behind) -> None:
    async def flow() -> None:
        behind[0].gateway.faults.limits_s[Kind.REST] = LIMIT_S
        with analyst(behind) as place:
            failed = await clients.synchronous(place, SLOW)
            assert (failed.status, json.loads(failed.body)) == (504, {"message": "Endpoint request timed out"})
            async with clients.open_http(place) as http:
                listed = await only_report(http, place)
                answer = await http.get(f"{place.profile.https}/reports/{listed['reportId']}")
                assert answer.json()["state"] in {"QUEUED", "RUNNING"}
                found = await asyncio.gather(
                    clients.polled(http, place, answer),
                    clients.waited_for(http, place, answer),
                    clients.listened_to(http, place, answer),
                    by_socket(place, listed["reportId"]),
                )
            assert {report["reportId"] for report in found} == {listed["reportId"]}
            for report in found:
                assert_made(report)

    run(flow())


def test_slow_report_comes_over_every_way_but_one_request(behind: Behind) -> None:
    async def flow() -> None:
        ways = [WAYS[name] for name in (TOLD, FALLBACK, LONG, EVENTS, SOCKET)]
        with analyst(behind) as place:
            outcomes = await asyncio.gather(*(way(place, SLOW) for way in ways))
        assert len({outcome.link for outcome in outcomes}) == len(ways)
        for outcome in outcomes:
            assert outcome.report is not None
            assert_made(outcome.report)

    run(flow())


def test_quick_report_comes_in_one_request(behind: Behind) -> None:
    async def flow() -> None:
        with analyst(behind) as place:
            outcome = await clients.synchronous(place, QUICK)
        assert outcome.report is not None
        assert_made(outcome.report)

    run(flow())
