"""Reports whose query runs on a distributed engine: started once, gone on with, handed over, stopped, cleaned up."""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from backend.catalog.query import Elsewhere
from backend.domain.steps import Change
from backend.engine.distributed.attendance import BUSY_FOR, SILENT_FOR
from backend.engine.distributed.cluster import ClusterRefused, ClusterSilent, Look, Phase, Reason
from backend.engine.distributed.failures import FAILURES
from backend.protocol.lifecycle import State, Step
from backend.protocol.messages import FailureCode, Progress
from backend.service.ports import StoreUnavailable
from tests.backend.clusters import Killed, Killing, busy
from tests.backend.fakes import ANNA, EVENT_MAX_AGE
from tests.backend.service.making.far import ELSEWHERE, ID, KINDS, LIFETIME_S, ROWS, Far


@KINDS
def test_rows_of_the_engine_become_the_file_sorted_cast_and_titled(*, is_lazy: bool) -> None:
    far = Far(is_lazy=is_lazy)
    far.execute()
    assert far.lines == ROWS
    assert [(query.sql, query.target) for query in far.cluster.begun] == [
        (ELSEWHERE.sql, f"s3://reports/{far.row.object_key[:16]}/{ID}/rows/{far.cluster.begun[0].token}/")  # type: ignore[index]
    ]
    far.assert_clean()
    assert far.row.result
    assert (far.row.result.row_count, far.row.result.bytes_scanned) == (3, 8_000)
    assert far.row.result.cost_usd == 0.0


@pytest.mark.parametrize(
    ("cents", "least_bytes", "rows", "cost_usd"),
    [
        (500, 10**7, 10**12, 40.0),  # which reads eight bytes a row
        (500, 10**7, 1_000, 0.00005),
        (500, 0, 388 * 10**6, 0.01552),
        (0, 0, 10**12, None),
    ],
)
def test_price_is_in_the_result_and_in_the_line_of_the_end(
    caplog: pytest.LogCaptureFixture, cents: int, least_bytes: int, rows: int, cost_usd: float | None
) -> None:
    far = Far(rows=rows)
    far.world.distribute(replace(far.distribution, cents_per_terabyte=cents, least_paid_bytes=least_bytes))
    far.world.compose()
    with caplog.at_level(logging.INFO, "backend"):
        far.execute()
    assert far.row.result
    assert (far.row.result.bytes_scanned, far.row.result.cost_usd) == (8 * rows, cost_usd)
    (line,) = [vars(record) for record in caplog.records if record.getMessage() == "report ended"]
    assert (line["bytesScanned"], line.get("costUsd")) == (8 * rows, cost_usd)


def test_price_of_a_query_is_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    far = Far(rows=10**12, lasts_s=LIFETIME_S * 0.6)
    with caplog.at_level(logging.INFO, "backend"):
        assert far.deliver() == 2
    (line,) = [record for record in caplog.records if record.getMessage() == "query ended"]
    assert (line.BytesScanned, line.costUsd) == (8 * 10**12, 40.0)  # type: ignore[attr-defined]


def test_engine_that_finds_nothing_makes_a_whole_file() -> None:
    far = Far(files=())
    far.execute()
    assert far.lines == ROWS[:1]


def test_progress_counts_what_is_known_and_never_runs_backwards() -> None:
    far = Far(lasts_s=60.0)
    back = Look(handle="q0", phase=Phase.QUEUED, completed=0)
    far.at(
        lambda f: f.clock() >= f.row.created_at + timedelta(seconds=30), lambda f: f.cluster.answers.extend([back] * 3)
    )
    far.execute()
    told = [progress for progress in far.told if progress.unit == "rows" and progress.stage != "writing"]
    assert list(dict.fromkeys(p.stage for p in told)) == ["starting", "queued", "querying"]
    assert all(before.completed <= after.completed for before, after in pairwise(told))
    assert {p.total for p in told} == {None}
    assert max(p.completed for p in told) > 900


@pytest.mark.slow
@KINDS
def test_worker_killed_anywhere_twice_pays_once(*, is_lazy: bool) -> None:
    def far_with(killings: list[Killing]) -> Far:
        """Kill workers one after the other; each event that ended in a crash is repeated, as Lambda does."""
        far = Far(is_lazy=is_lazy, lasts_s=3.0)
        for killing in killings:
            store, cluster, landing, results = far.world.reports, far.cluster, far.landing, far.world.results
            kept = [(store, "change"), (cluster, "start"), (cluster, "look"), (cluster, "forget"), (landing, "files")]
            kept += [(landing, "delete"), (results, "put")]
            for owner, name in kept:
                setattr(owner, name, killing(getattr(owner, name)))
            with contextlib.suppress(Killed):
                far.execute()
            for owner, name in kept:
                delattr(owner, name)
            far.clock.sleep(61)
        far.execute()
        return far

    counted = Killing(0, is_after=False)
    far_with([counted])
    assert counted.calls > 10
    for first in range(1, counted.calls + 1):
        for is_after in (False, True):
            second = Killing(first // 2 + 2, is_after=not is_after)
            far = far_with([Killing(first, is_after=is_after), second])
            assert len(far.cluster.begun) == 1, (first, is_after)
            assert far.lines == ROWS, (first, is_after)
            far.assert_clean()


@KINDS
def test_query_may_take_longer_than_any_worker(*, is_lazy: bool) -> None:
    far = Far(is_lazy=is_lazy, lasts_s=7_200.0)
    assert far.deliver() == 9
    assert far.lines == ROWS
    assert len(far.cluster.queries) == 1
    far.assert_clean()


def test_file_is_written_by_a_worker_with_time_enough() -> None:
    far = Far(lasts_s=LIFETIME_S * 0.6)
    assert far.deliver() == 2
    assert far.row.attempt == 2
    assert far.lines == ROWS
    assert Far(lasts_s=LIFETIME_S * 0.4).deliver() == 1


def test_report_that_was_handed_over_is_waited_for_as_long_as_its_event() -> None:
    far = Far(lasts_s=7_200.0)
    far.execute()
    ((_, invocation),) = far.world.invoke.events
    assert (far.row.state, far.row.invocation, far.row.progress is None) == (State.RUNNING, invocation, False)
    far.clock.sleep(EVENT_MAX_AGE.total_seconds() - 60)
    far.world.watch(ANNA, [ID])
    far.world.abandonment.end(ID, far.event[1], FAILURES[Reason.FAULT])
    assert far.row.state is State.RUNNING
    far.execute(invocation)
    assert (far.row.attempt, far.row.awaited_until is not None) == (2, True)
    far.clock.sleep(EVENT_MAX_AGE.total_seconds() + 1)
    far.world.watch(ANNA, [ID])
    assert far.error is not None
    assert far.error.code == FailureCode.WORKER_LOST


def test_event_of_the_next_worker_that_fails_for_good_ends_the_report() -> None:
    far = Far(lasts_s=7_200.0)
    far.execute()
    ((_, invocation),) = far.world.invoke.events
    far.world.abandonment.end(ID, invocation, FAILURES[Reason.FAULT])
    assert far.row.state is State.FAILED


def test_worker_that_dies_before_it_invokes_the_next_is_followed_by_its_own_event() -> None:
    far = Far(lasts_s=1_200.0)

    def die(_report_id: str, _invocation: str) -> None:
        raise Killed

    far.world.compose(invoke=die)
    with pytest.raises(Killed):
        far.execute()
    far.world.compose()
    far.clock.sleep(60)
    far.execute()
    assert far.row.attempt == 2
    far.deliver()
    assert far.lines == ROWS


def test_report_whose_next_worker_is_refused_says_so_and_stops_its_query() -> None:
    far = Far(lasts_s=7_200.0)
    far.world.invoke.is_refusing = True
    far.execute()
    assert far.error is not None
    assert (far.error.code, far.row.state) == (FailureCode.TIMED_OUT, State.FAILED)
    assert "another worker" in far.error.message
    far.assert_clean()


STAGES: list[tuple[str, Callable[[Far], bool]]] = [
    ("waiting for room", lambda far: far.row.progress is not None and far.row.progress.stage == "waiting for room"),
    ("queued", lambda far: far.row.progress is not None and far.row.progress.stage == "queued"),
    ("querying", lambda far: far.row.progress is not None and far.row.progress.stage == "querying"),
]


@KINDS
@pytest.mark.parametrize(("stage", "when"), STAGES, ids=[stage for stage, _ in STAGES])
def test_cancel_stops_the_query_within_two_seconds(*, stage: str, when: Callable[[Far], bool], is_lazy: bool) -> None:
    far = Far(is_lazy=is_lazy, lasts_s=600.0, queued_s=20.0, left={"orphan": b"x"})
    far.cluster.answers.extend(busy(4) if stage == "waiting for room" else ())
    asked = []
    far.at(when, lambda f: asked.append(f.clock()) or f.world.cancel(ANNA, ID))  # type: ignore[func-returns-value]
    far.execute()
    assert far.row.state is State.CANCELLED
    assert far.row.finished_at
    assert far.row.finished_at - asked[0] <= timedelta(seconds=2)
    assert all(query.stopped_at - asked[0] <= timedelta(seconds=2) for query in far.cluster.begun if query.stopped_at)
    assert all(query.stopped_at for query in far.cluster.begun)
    far.assert_clean()


@pytest.mark.parametrize("stage", ["reading", "storing"])
def test_cancel_after_the_query_leaves_nothing(stage: str) -> None:
    far = Far()

    def cancel(_report_id: str, change: Change) -> None:
        progress = change.sets.get("progress")
        if isinstance(progress, Progress) and progress.stage == stage:
            far.world.reports.before_change = lambda _report_id, _change: None
            far.world.cancel(ANNA, ID)

    far.world.reports.before_change = cancel
    far.execute()
    assert far.row.state is State.CANCELLED
    assert not far.world.results.objects
    far.assert_clean()


def test_cancel_between_two_workers_is_heard_by_the_next() -> None:
    far = Far(lasts_s=7_200.0)
    far.execute()
    far.world.cancel(ANNA, ID)
    ((_, invocation),) = far.world.invoke.events
    far.execute(invocation)
    assert far.row.state is State.CANCELLED
    far.assert_clean()


@KINDS
@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in {Reason.BUSY, Reason.SILENT}])
def test_failure_of_a_query_is_one_in_words_and_leaves_nothing(*, reason: Reason, is_lazy: bool) -> None:
    far = Far(is_lazy=is_lazy, reason=reason, left={"orphan": b"x"})
    far.execute()
    assert far.error == FAILURES[reason]
    assert not far.world.results.objects
    far.assert_clean()


def test_every_reason_has_a_sentence_of_its_own() -> None:
    assert FAILURES.keys() == set(Reason)
    assert len({failure.message for failure in FAILURES.values()}) == len(Reason)


def test_query_that_is_refused_at_once_fails() -> None:
    far = Far()
    far.cluster.answers.append(ClusterRefused(Reason.DENIED))
    far.execute()
    assert far.error == FAILURES[Reason.DENIED]


@pytest.mark.parametrize("is_at_the_start", [True, False])
def test_want_of_room_is_waited_for_and_said(*, is_at_the_start: bool) -> None:
    full = Look(handle="q0/1", phase=Phase.FAILED, reason=Reason.BUSY)
    far = Far(is_lazy=not is_at_the_start)
    if is_at_the_start:
        far.cluster.answers.extend(busy(6))
    else:
        looks = [far.cluster.look]

        def look(handle: str) -> Look:
            return full if len(far.cluster.queries) < 6 else looks[0](handle)

        far.cluster.look = look  # type: ignore[method-assign]
    far.execute()
    assert far.lines == ROWS
    assert "waiting for room" in {progress.stage for progress in far.told}
    assert timedelta(seconds=30) < far.row.finished_at - far.row.created_at < timedelta(seconds=120)  # type: ignore[operator]


def test_want_of_room_does_not_last_for_ever() -> None:
    far = Far()
    far.cluster.answers.extend(busy(10_000))
    assert far.deliver() == 3
    assert far.error == FAILURES[Reason.BUSY]
    assert BUSY_FOR <= far.clock() - far.row.created_at < BUSY_FOR + timedelta(minutes=2)


def test_silence_of_the_engine_is_outlasted_or_ends_the_report_within_ninety_seconds() -> None:
    far = Far()
    far.at(lambda f: bool(f.cluster.begun), lambda f: f.cluster.answers.extend([ClusterSilent("HTTP 503")] * 5))
    far.execute()
    assert far.lines == ROWS
    dead = Far(lasts_s=600.0)
    dead.at(lambda f: bool(f.cluster.begun), lambda f: f.cluster.answers.extend([ClusterSilent("HTTP 503")] * 999))
    dead.execute()
    assert dead.error == FAILURES[Reason.SILENT]
    assert SILENT_FOR < dead.row.finished_at - dead.row.created_at < timedelta(seconds=75)  # type: ignore[operator]


def test_store_that_is_away_for_a_moment_holds_the_query_up_and_no_more() -> None:
    far = Far(is_lazy=True)
    down = range(4, 30)
    asked_by: list[int] = []

    def fail(_report_id: str, change: Change) -> None:
        if change.step is Step.TICK and (far.clock() - far.row.created_at).seconds in down:
            asked_by.append(far.cluster.begun[0].looks)
            raise StoreUnavailable("throttled")

    far.world.reports.before_change = fail
    far.execute()
    assert len(asked_by) > 20
    assert len(set(asked_by)) <= 2, "the engine was asked by a handle that is in no row"
    assert far.lines == ROWS
    assert len(far.cluster.begun) == 1


def test_text_that_a_deployment_has_changed_is_another_query() -> None:
    far = Far(lasts_s=1_200.0)
    far.execute()
    ((_, invocation),) = far.world.invoke.events
    changed = Far(elsewhere=Elsewhere(sql="SELECT other", columns=ELSEWHERE.columns))
    far.world.catalog = changed.world.catalog
    far.world.compose()
    far.execute(invocation)
    far.deliver()
    old, new = far.cluster.begun
    assert (old.stopped_at is not None, new.sql, new.target != old.target) == (True, "SELECT other", True)
    assert far.lines == ROWS
    assert not far.landing.contents


def test_text_that_a_deployment_has_taken_away_is_no_reason_to_read_it_all_here() -> None:
    far = Far(lasts_s=1_200.0)
    far.execute()
    ((_, invocation),) = far.world.invoke.events
    far.world.catalog = Far(elsewhere=None).world.catalog
    far.world.compose()
    far.execute(invocation)
    assert far.error is not None
    assert far.error.code == FailureCode.DEFINITION_ERROR
    far.assert_clean()


def test_rows_that_cannot_be_deleted_do_not_fail_the_report() -> None:
    far = Far()
    far.landing.error = OSError("the bucket is away")
    far.execute()
    assert far.lines == ROWS
