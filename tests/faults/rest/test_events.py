"""A report as a stream, by the code that ships, while it is made."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.protocol.lifecycle import is_terminal
from tests.faults.rest.signing import Analyst
from tests.faults.rest.streams import streaming, unpacked
from tests.faults.runtime_api import StreamingApi
from tests.faults.site import Site
from tests.limits import HANG_S

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("events"))


@pytest.fixture
def api(behind: Site, root: Path) -> Iterator[StreamingApi]:
    with streaming(behind.local, root) as api:
        yield api


@dataclass(frozen=True)
class Told:
    id: int
    report: dict[str, Any]


Stream = Iterator[Told]


@contextmanager
def listening(
    analyst: Analyst, api: StreamingApi, report_id: str, last_event_id: int | None = None
) -> Iterator[Stream]:
    headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    with analyst.stream("GET", address(api, report_id), headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
        assert answer.headers["cache-control"] == "private, no-store"
        yield _events(answer.iter_lines())


def address(api: StreamingApi, report_id: str) -> str:
    return f"{api.url}/reports/{report_id}/events"


def _events(lines: Iterator[str]) -> Stream:
    assert (next(lines), next(lines)) == ("retry: 2000", "")
    for line in lines:
        if line in {":", ""}:
            continue
        assert line == "event: report"
        revision = int(next(lines).removeprefix("id: "))
        report = json.loads(next(lines).removeprefix("data: "))
        assert report["revision"] == revision
        yield Told(revision, report)


def until(stream: Stream, is_it: Callable[[dict[str, Any]], object]) -> Told:
    return next(told for told in stream if is_it(told.report))


def test_events_come_while_the_report_is_made_and_end_with_its_link(
    behind: Site, analyst: Analyst, api: StreamingApi
) -> None:
    report_id = analyst.generate(3_000)
    with listening(analyst, api, report_id) as stream:
        told = [until(stream, lambda report: report["state"] == "RUNNING")]
        assert not is_terminal(behind.row(report_id).state)
        told += list(stream)
    revisions = [each.id for each in told]
    assert revisions == sorted(set(revisions))
    assert len([each for each in told if each.report["progress"]]) >= 2
    last = told[-1].report
    assert last["state"] == "SUCCEEDED"
    content = httpx.get(last["link"]["url"], trust_env=False).raise_for_status().content
    assert hashlib.sha256(content).hexdigest() == last["result"]["sha256"]
    again = analyst.get(address(api, report_id), headers={"Last-Event-ID": str(told[-1].id)})
    assert (again.status_code, again.content) == (204, b"")


def test_client_that_comes_back_goes_on_where_it_was(analyst: Analyst, api: StreamingApi) -> None:
    report_id = analyst.generate(4_000)
    with listening(analyst, api, report_id) as stream:
        first = until(stream, lambda report: report["progress"])
    with listening(analyst, api, report_id, first.id) as stream:
        told = list(stream)
    assert min(each.id for each in told) > first.id
    assert told[-1].report["state"] == "SUCCEEDED"


def test_cancelled_report_ends_its_stream_at_once(analyst: Analyst, api: StreamingApi) -> None:
    report_id = analyst.generate(60_000)
    with listening(analyst, api, report_id) as stream:
        until(stream, lambda report: report["state"] == "RUNNING")
        analyst.post(f"{analyst.profile.https}/reports/{report_id}/cancel")
        assert list(stream)[-1].report["state"] == "CANCELLED"


def test_stream_that_is_too_old_ends_well_and_the_next_has_the_rest(behind: Site, analyst: Analyst, root: Path) -> None:
    report_id = analyst.generate(4_000)
    with streaming(behind.local, root, LONGEST_STREAM_S="1") as api:
        with listening(analyst, api, report_id) as stream:
            told = list(stream)
        assert not is_terminal(told[-1].report["state"])
        assert api.invocations[0].fault is None
        while not is_terminal(told[-1].report["state"]):
            with listening(analyst, api, report_id, told[-1].id) as stream:
                told += list(stream)
    assert [each.id for each in told] == sorted({each.id for each in told})
    assert told[-1].report["link"]


def test_function_listens_on_for_a_client_that_has_gone(analyst: Analyst, api: StreamingApi) -> None:
    report_id = analyst.generate(2_000)
    with listening(analyst, api, report_id) as stream:
        next(stream)
    (invocation,) = api.invocations
    assert invocation.over.wait(HANG_S)
    assert b'"state":"SUCCEEDED"' in invocation.written
    assert invocation.fault is None


def test_report_of_another_is_not_found_nor_anything_for_nobody(
    behind: Site, analyst: Analyst, api: StreamingApi
) -> None:
    report_id = analyst.generate(0)
    with Analyst(behind.analyst()) as other:
        answers = [other.get(address(api, each)) for each in (report_id, report_id[:-12] + "0" * 12, "nothing")]
    for answer in answers:
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert answer.json() == answers[0].json()
        assert answer.headers["cache-control"] == "private, no-store"
    assert httpx.get(address(api, report_id), trust_env=False).status_code == 403


def test_listeners_have_an_execution_each(analyst: Analyst, api: StreamingApi) -> None:
    report_id = analyst.generate(3_000)
    with listening(analyst, api, report_id) as one, listening(analyst, api, report_id) as other:
        assert next(one).id <= next(other).id
        assert api.processes == 2
        assert list(one)[-1].report["revision"] == list(other)[-1].report["revision"]
