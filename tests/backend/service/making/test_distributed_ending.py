"""Reports that are ended by others than their workers: the query is stopped and its rows are removed all the same."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from backend.domain import steps
from backend.engine.distributed.cluster import ClusterSilent
from backend.events import respond
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, FailureCode, GenerateReport, ListReports
from backend.service.ports import StoreUnavailable
from tests.backend.clusters import Killed
from tests.backend.fakes import ANNA, MAX_ACTIVE
from tests.backend.service.making.far import ID, KINDS, Far
from tests.backend.web.asking import rest_event

LOST = Failure(code=FailureCode.WORKER_LOST, message="")
LATER = steps.LOST_AFTER + steps.LEASE + timedelta(seconds=1)
WRITTEN = {"part-0": b"x", "deeper/part-1": b"x"}


def die(_: Far) -> None:
    raise Killed


def read(far: Far) -> None:
    far.world.watch(ANNA, [ID])


def make_room(far: Far) -> None:
    for _ in range(MAX_ACTIVE):
        far.world.submit(ANNA, GenerateReport(definition="far"))
    far.world.invoke.events = [event for event in far.world.invoke.events if event[0] == ID]


def listen(far: Far) -> None:
    answer = respond(rest_event("GET", f"/reports/{ID}/events"), far.world.events, 900.0)
    assert b"workerLost" in b"".join(answer.pieces)


def cancel_and_read(far: Far) -> None:
    far.clock.now -= LATER
    far.world.cancel(ANNA, ID)
    far.clock.now += LATER
    far.world.watch(ANNA, [ID])


ENDS: Mapping[str, Callable[[Far], object]] = {
    "failures": lambda far: far.world.abandonment.end(ID, far.row.invocation or "", LOST),
    "failures of an earlier event": lambda far: far.world.abandonment.end(ID, "earlier", LOST),
    "a reader": read,
    "a list": lambda far: far.world.router.answering.reading.page(ANNA, ListReports(limit=5), far.clock()),
    "a resend": lambda far: far.world.submit(ANNA, GenerateReport(report_id=ID, definition="far")),
    "a new report": make_room,
    "a stream": listen,
    "a cancel": cancel_and_read,
}


def left_alone(*, is_lazy: bool = False, stage: str = "querying") -> Far:
    """Return a report whose worker died while its query runs, and long ago."""
    far = Far(is_lazy=is_lazy, lasts_s=7_200.0, queued_s=20.0, left=WRITTEN)
    far.at(lambda f: f.row.progress is not None and f.row.progress.stage == stage, die)
    with pytest.raises(Killed):
        far.execute()
    assert far.cluster.running
    assert far.landing.contents
    far.clock.now += LATER
    return far


def deliver(far: Far) -> int:
    """Run the workers that were invoked; return how many there were."""
    events, far.world.invoke.events = far.world.invoke.events, []
    for report_id, invocation in events:
        far.world.execute(report_id, invocation)
    assert not far.world.invoke.events
    return len(events)


@KINDS
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_query_of_a_report_that_no_worker_ends_is_stopped_and_leaves_nothing(
    *, end: Callable[[Far], object], is_lazy: bool
) -> None:
    far = left_alone(is_lazy=is_lazy)
    end(far)
    ended = far.row
    assert ended.state is State.FAILED
    assert deliver(far) == 1
    far.assert_clean()
    assert far.row == ended
    assert len(far.cluster.begun) == 1


@pytest.mark.parametrize("stage", ["queued", "querying"])
def test_report_that_was_handed_over_and_is_never_taken_leaves_nothing(stage: str) -> None:
    far = Far(lasts_s=7_200.0, queued_s=7_000.0 if stage == "queued" else 0.0, left=WRITTEN)
    far.execute()
    ((_, late),) = far.world.invoke.events
    far.world.invoke.events.clear()
    far.clock.now += timedelta(hours=1)
    read(far)
    assert deliver(far) == 1
    far.assert_clean()
    far.execute(late)
    assert (far.row.state, len(far.cluster.queries)) == (State.FAILED, 1)


def test_worker_is_invoked_once_whoever_ends_the_report_and_may_come_twice() -> None:
    far = left_alone()
    for end in ENDS.values():
        end(far)
    ((report_id, invocation),) = far.world.invoke.events
    for _ in range(2):
        deliver(far)
        far.world.invoke.events.append((report_id, invocation))
    far.assert_clean()


def test_worker_that_fails_at_it_for_good_is_not_invoked_again() -> None:
    far = left_alone()
    read(far)
    ((_, invocation),) = far.world.invoke.events
    far.world.abandonment.end(ID, invocation, LOST)
    assert len(far.world.invoke.events) == 1


def test_engine_that_is_silent_costs_neither_the_rows_nor_the_end() -> None:
    far = left_alone()
    far.cluster.answers.extend([ClusterSilent("HTTP 503")] * 3)
    read(far)
    deliver(far)
    assert far.row.state is State.FAILED
    assert not far.landing.contents


@pytest.mark.parametrize("end", [ENDS["failures"], read], ids=["failures", "a reader"])
def test_end_stands_and_is_told_where_no_worker_can_be_invoked(end: Callable[[Far], object]) -> None:
    far = left_alone()
    far.world.invoke.is_refusing = True
    before = len(far.world.push.frames)
    end(far)
    assert far.row.state is State.FAILED
    if end is not read:  # who reads has it as an answer
        assert len(far.world.push.frames) == before + 1


def test_store_that_is_away_for_too_long_costs_the_worker_the_report_and_not_the_query_its_end() -> None:
    far = Far(lasts_s=7_200.0, left=WRITTEN)

    def fail(_report_id: str, _change: object) -> None:
        raise StoreUnavailable("throttled")

    far.at(lambda f: bool(f.cluster.running), lambda f: setattr(f.world.reports, "before_change", fail))
    with pytest.raises(StoreUnavailable):
        far.execute()
    far.world.reports.before_change = lambda _report_id, _change: None
    far.clock.now += LATER
    read(far)
    deliver(far)
    far.assert_clean()


def test_report_without_a_query_costs_no_worker() -> None:
    far = Far(engine="duckdb")
    far.world.reports.change(ID, steps.claim(far.event[1], far.clock()))
    far.clock.now += LATER
    read(far)
    assert (far.row.state, far.world.invoke.events) == (State.FAILED, [])
