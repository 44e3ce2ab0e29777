import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace as changed

from backend.domain import steps
from backend.events import respond
from backend.service.ports import StoreUnavailable
from backend.streaming.answer import StreamedAnswer
from tests.backend.fakes import ANNA, BERT, EVENT_MAX_AGE, START, World
from tests.backend.web.asking import Http, rest_event
from tests.backend.web.test_reports import ID, ORDER, OTHER, claim, during_waits, tick

REMAINING_S = 900.0
PATH = f"/reports/{ID}/events"


@dataclass(frozen=True)
class Told:
    """One event, and when it came."""

    revision: int
    report: Mapping[str, Any]
    after_s: float


def listen(world: World, path: str = PATH, **more: Any) -> StreamedAnswer:
    return respond(rest_event("GET", path, **more), world.events, REMAINING_S)


def pieces(world: World, answer: StreamedAnswer) -> Iterator[tuple[float, str]]:
    """Yield what comes, and after how many seconds."""
    for piece in answer.pieces:
        if piece:
            yield (world.clock() - START).total_seconds(), piece.decode()


def told(world: World, known: int | str | None = None, **more: Any) -> list[Told]:
    """Return all the events of a stream, which has to be as it should."""
    headers = {} if known is None else {"Last-Event-ID": str(known)}
    answer = listen(world, headers=headers, **more)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.headers["Cache-Control"] == "private, no-store"
    (_, first), *rest = pieces(world, answer)
    assert first == "retry: 2000\n\n"
    return [read(after_s, text) for after_s, text in rest if text != ":\n\n"]


def read(after_s: float, text: str) -> Told:
    kind, revision, data, *end = text.split("\n")
    assert (kind, end) == ("event: report", ["", ""])
    report = json.loads(data.removeprefix("data: "))
    assert revision == f"id: {report['revision']}"
    return Told(report["revision"], report, after_s)


def document(answer: StreamedAnswer) -> Any:
    return json.loads(b"".join(answer.pieces))


def each_second(world: World, seconds: range) -> list[tuple[float, Callable[[], Any]]]:
    return [(second, lambda second=second: tick(world, second)) for second in seconds]  # type: ignore[misc]


@pytest.fixture
def report(http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)


@pytest.mark.usefixtures("report")
def test_stream_tells_each_state_at_once_and_ends_with_the_last(world: World) -> None:
    during_waits(world, (3.2, lambda: claim(world)), (7.7, lambda: finish(world)))
    events = told(world)
    assert [event.report["state"] for event in events] == ["QUEUED", "RUNNING", "SUCCEEDED"]
    assert [event.after_s for event in events] == [0.0, 3.5, 8.0]
    assert [event.revision for event in events] == sorted({event.revision for event in events})
    assert events[-1].report["link"]["url"].startswith("https://files.example/")
    assert events[-1].report["retryAfter"] is None


def finish(world: World) -> None:
    """Let the report be made by another worker, whose lease begins now."""
    world.reports.rows[ID] = changed(world.reports.rows[ID], lease_until=START)
    world.execute(ID, "invocation-2")


@pytest.mark.usefixtures("report")
def test_progress_is_told_at_the_report_s_pace(world: World) -> None:
    claim(world)
    during_waits(world, *each_second(world, range(1, 60)), (60.1, lambda: finish(world)))
    events = told(world)
    assert events[-1].report["state"] == "SUCCEEDED"
    gaps = [(event.after_s, event.after_s - before.after_s) for before, event in pairwise(events[:-1])]
    early = [gap for after_s, gap in gaps if after_s <= 30]
    late = [gap for after_s, gap in gaps if after_s > 32]
    assert set(early) <= {1.0, 1.5}
    assert set(late) <= {2.0, 2.5}
    assert len(early) >= 20
    assert len(late) >= 10


@pytest.mark.usefixtures("report")
def test_client_that_comes_back_gets_what_is_newer(world: World) -> None:
    claim(world)
    during_waits(world, (2.0, lambda: tick(world)), (4.0, lambda: finish(world)))
    events = told(world, known=1)
    assert [event.report["state"] for event in events] == ["RUNNING", "SUCCEEDED"]
    assert [event.after_s for event in events] == [2.0, 4.0]


@pytest.mark.usefixtures("report")
def test_client_that_missed_the_end_gets_it_and_then_never_again(world: World) -> None:
    world.execute(ID)
    (last,) = told(world, known=1)
    assert last.report["state"] == "SUCCEEDED"
    answer = listen(world, headers={"Last-Event-ID": str(last.revision)})
    assert (answer.status, list(pieces(world, answer))) == (204, [])


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize("known", ["", "nothing", "-1", "99", "9" * 40, "1e3", "1\n"])
def test_event_id_that_is_no_revision_counts_as_none(world: World, known: str) -> None:
    world.execute(ID)
    (last,) = told(world, known)
    assert last.report["state"] == "SUCCEEDED"


@pytest.mark.usefixtures("report")
def test_silence_is_broken_each_fifteen_seconds_and_ends_after_fourteen_minutes(world: World) -> None:
    during_waits(world)
    world.reports.rows[ID] = changed(world.reports.rows[ID], created_at=START + EVENT_MAX_AGE)
    (_, retry), (_, event), *comments = pieces(world, listen(world))
    assert (retry, event.partition("\n")[0]) == ("retry: 2000\n\n", "event: report")
    assert {text for _, text in comments} == {":\n\n"}
    assert [after_s for after_s, _ in comments] == [15.0 * n for n in range(1, 57)]
    assert world.clock() - START == timedelta(minutes=14)


@pytest.mark.usefixtures("report")
def test_stream_ends_before_its_function_does(world: World) -> None:
    during_waits(world)
    answer = respond(rest_event("GET", PATH), world.events, 40.0)
    assert len(list(pieces(world, answer))) == 4
    assert world.clock() - START == timedelta(seconds=30)


@pytest.mark.usefixtures("report")
def test_report_that_lost_its_worker_is_ended_by_its_listener(world: World) -> None:
    claim(world)
    during_waits(world)
    events = told(world)
    assert [event.report["state"] for event in events] == ["RUNNING", "FAILED"]
    assert events[-1].after_s == pytest.approx((steps.LEASE + steps.LOST_AFTER).total_seconds(), abs=1)


@pytest.mark.usefixtures("report")
def test_report_that_is_gone_ends_its_stream(world: World) -> None:
    during_waits(world, (1.0, world.reports.rows.clear))
    assert len(told(world)) == 1
    assert listen(world).status == 404


@pytest.mark.parametrize("report_id", [ID, "nothing", ID + "%0A", OTHER])
def test_report_of_nobody_or_of_another_is_not_found(world: World, http: Http, report_id: str) -> None:
    http("PUT", f"/reports/{OTHER}", ORDER, caller=BERT)
    answer = listen(world, f"/reports/{report_id}/events")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert document(answer)["code"] == "notFound"


@pytest.mark.usefixtures("report")
@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(world: World, method: str) -> None:
    answer = respond(rest_event(method, PATH), world.events, REMAINING_S)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert bool(b"".join(answer.pieces)) == (method != "HEAD")


@pytest.mark.usefixtures("report")
def test_query_is_refused_but_for_a_signature(world: World) -> None:
    refused = listen(world, f"{PATH}?until=end&a=1&a=2")
    assert (refused.status, document(refused)["code"]) == (400, "invalidMessage")
    world.execute(ID)
    assert told(world, path=f"{PATH}?X-Amz-Signature=b&X-Amz-Credential=a%2Fb")


@pytest.mark.usefixtures("report")
def test_request_of_nobody_is_refused(world: World) -> None:
    answer = listen(world, caller=None)
    assert (answer.status, document(answer)) == (403, {"message": "Forbidden"})


@pytest.mark.usefixtures("report")
def test_owner_is_the_same_as_on_the_other_doors_of_the_emulator(world: World) -> None:
    world.events_settings = replace(world.events_settings, access_key_is_identity=True)
    world.compose()
    assert listen(world).status == 404
    world.reports.rows[ID] = changed(world.reports.rows[ID], owner="AKIA1")
    world.execute(ID)
    assert told(world)


@pytest.mark.usefixtures("report")
def test_listening_counts_with_the_requests_to_the_other_doors(world: World) -> None:
    world.execute(ID)
    world.events_settings = replace(world.events_settings, messages_per_second=1)
    world.compose()
    answers = [listen(world) for _ in range(10)]
    assert [answer.status for answer in answers] == [200] * 9 + [429]
    assert answers[-1].headers["Retry-After"] == "10"


@pytest.mark.usefixtures("report")
def test_store_that_does_not_answer_is_503_or_breaks_the_stream(world: World) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("arn:secret")

    during_waits(world, (1.0, lambda: setattr(world.reports, "get", fail)))
    with pytest.raises(StoreUnavailable):
        told(world)
    answer = listen(world)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert "secret" not in str(document(answer))


def test_nobody_watches_for_a_listener(world: World, http: Http) -> None:
    http("PUT", f"/reports/{ID}", ORDER)
    world.execute(ID)
    told(world)
    assert world.reports.rows[ID].watchers == frozenset()
    assert not world.push.to(ANNA.connection_id)
