import csv
import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from backend.catalog.definition import Definition, Run
from backend.domain import steps
from backend.domain.steps import Change
from backend.protocol.lifecycle import State, Step
from backend.protocol.messages import FailureCode, GenerateReport, Progress, ReportMessage, Snapshot
from backend.service.announcing import RETRY_DELAYS_S
from backend.service.making.aside import aside
from backend.service.ports import DefinitionFailed, Delivery, StoreUnavailable
from tests.backend.fakes import ANNA, FILE_TTL, LINK_TTL, START, World
from tests.limits import HANG_S

ID = "00000000-0000-4000-8000-000000000001"


def submit(world: World, delay: int = 0, rows: int = 3) -> None:
    request = GenerateReport(report_id=ID, definition="sample", parameters={"delay": delay, "amountOfRows": rows})
    world.submit(ANNA, request)


def world_of(run: Callable[[Run], int]) -> World:
    definition = Definition(
        id="sample",
        title="",
        description="",
        parameters={
            "type": "object",
            "properties": {"delay": {"type": "integer"}, "amountOfRows": {"type": "integer"}},
        },
        formats=("csv",),
        run=run,
    )
    world = World({"sample": definition})
    submit(world)
    return world


def pushed(world: World) -> list[Snapshot]:
    return [message.report for _, message in world.push.frames if isinstance(message, ReportMessage)]


def test_report_runs_through_its_stages_to_a_link(world: World) -> None:
    submit(world, delay=3000, rows=25_000)
    world.execute(ID)
    snapshots = pushed(world)
    stages = [s.progress.stage for s in snapshots if s.progress]
    assert list(dict.fromkeys(stages)) == ["waiting", "reading", "computing", "writing", "storing"]
    assert [s.revision for s in snapshots] == list(range(1, len(snapshots) + 1))
    assert snapshots[0].state is State.RUNNING
    last = snapshots[-1]
    assert last.state is State.SUCCEEDED
    assert last.link is not None
    assert last.link.expires_at == world.clock() + LINK_TTL


def test_file_is_what_the_result_says(world: World) -> None:
    submit(world, rows=500)
    world.execute(ID)
    row = world.reports.rows[ID]
    assert row.result is not None
    assert row.object_key is not None
    data = world.results.objects[row.object_key]
    lines = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert lines[0] == ["Date", "Item", "Amount"]
    assert len(lines) == 501
    assert (row.result.row_count, row.result.size_bytes) == (500, len(data))
    assert row.result.sha256 == hashlib.sha256(data).hexdigest()
    assert row.result.expires_at == world.clock() + FILE_TTL


def test_waiting_takes_the_delay_and_counts_milliseconds(world: World) -> None:
    submit(world, delay=2600)
    world.execute(ID)
    assert world.clock() - START == timedelta(milliseconds=2600)
    waiting = [s.progress for s in pushed(world) if s.progress and s.progress.stage == "waiting"]
    assert [p.completed for p in waiting] == [0, 1000, 2000]
    assert {p.total for p in waiting} == {2600}


def test_progress_is_pushed_more_seldom_as_a_report_grows_old_and_written_each_second(world: World) -> None:
    taken: list[Step] = []
    world.reports.before_change = lambda _, change: taken.append(change.step)
    submit(world, delay=360_000)
    world.execute(ID)
    told = [(s.progress, s.retry_after) for s in pushed(world) if s.progress]
    waiting = [(progress.completed / 1000, pace) for progress, pace in told if progress.stage == "waiting"]
    heard = [each for each in waiting if each[0] <= 359]
    waits = {pace: {later - at for (at, of), (later, _) in pairwise(heard) if of == pace} for pace in (1, 2, 5)}
    assert waits == {1: {1.0}, 2: {2.0}, 5: {5.0}}
    assert [next(at for at, of in heard if of == pace) for pace in (1, 2, 5)] == [0, 30, 300]
    assert taken.count(Step.TICK) >= 360
    assert pushed(world)[-1].retry_after is None


def test_keys_have_an_owner_hash_the_report_and_the_attempt(world: World) -> None:
    submit(world)
    world.execute(ID)
    owner_hash, report_id, attempt, name = next(iter(world.results.objects)).split("/")
    assert owner_hash == hashlib.sha256(ANNA.owner.encode()).hexdigest()[:16]
    assert (report_id, attempt, name) == (ID, "1", "sample-20261102-090000.csv")


def test_second_event_ends_quietly_while_the_lease_lives() -> None:
    ran = []

    def run(run: Run) -> int:
        ran.append(1)
        if len(ran) == 1:
            world.execute(ID, "invocation-2")
        return 0

    world = world_of(run)
    world.execute(ID)
    assert len(ran) == 1
    assert world.reports.rows[ID].state is State.SUCCEEDED
    assert world.reports.rows[ID].attempt == 1


def test_lapsed_lease_is_taken_over_and_the_first_worker_stops(world: World) -> None:
    submit(world, delay=3000)

    def take_over(_report_id: str, change: Change) -> None:
        if change.step is Step.TICK and world.reports.rows[ID].attempt == 1:
            world.clock.sleep(61)
            world.reports.before_change = lambda _report_id, _change: None
            world.execute(ID, "invocation-2")

    world.reports.before_change = take_over
    world.execute(ID)
    row = world.reports.rows[ID]
    assert (row.state, row.attempt) == (State.SUCCEEDED, 2)
    assert [upload.aborted for upload in world.results.uploads] == [True, False]
    assert {key.split("/")[2] for key in world.results.objects} == {"2"}


def test_repeated_event_waits_for_the_lease_of_its_crashed_worker(world: World) -> None:
    submit(world)
    world.reports.change(ID, steps.claim("invocation-1", world.clock()))
    world.clock.sleep(59)
    world.execute(ID, "invocation-1")
    row = world.reports.rows[ID]
    assert (row.state, row.attempt) == (State.SUCCEEDED, 2)


def test_repeated_event_leaves_a_living_worker_alone(world: World) -> None:
    submit(world)
    world.reports.change(ID, steps.claim("invocation-1", world.clock()))
    sleep = world.clock.sleep

    def renew_meanwhile(seconds: float) -> None:
        sleep(seconds / 2)
        progress = Progress(stage="writing", completed=1, total=None, unit="rows")
        world.reports.change(ID, steps.tick(1, progress, world.clock()))
        sleep(seconds / 2)

    replace(world.execution, sleep=renew_meanwhile).execute(ID, "invocation-1", lambda: 900.0)
    row = world.reports.rows[ID]
    assert (row.state, row.attempt) == (State.RUNNING, 1)


def test_store_that_is_away_for_less_than_a_lease_costs_only_ticks(world: World) -> None:
    submit(world, delay=30_000)
    faults: list[Change] = []

    def fail(_report_id: str, change: Change) -> None:
        if change.step is Step.TICK and len(faults) < 20:
            faults.append(change)
            raise StoreUnavailable

    world.reports.before_change = fail
    world.execute(ID)
    assert len(faults) == 20
    assert world.reports.rows[ID].state is State.SUCCEEDED


def test_store_that_is_away_for_longer_than_a_lease_ends_the_run(world: World) -> None:
    submit(world, delay=300_000)

    def fail(_report_id: str, change: Change) -> None:
        if change.step is Step.TICK:
            raise StoreUnavailable

    world.reports.before_change = fail
    world.execute(ID)
    assert world.clock() - START < timedelta(seconds=65)
    assert world.reports.rows[ID].state is State.FAILED


def test_post_that_is_not_answered_does_not_hold_up_the_report() -> None:
    """The watcher is told of progress on a thread beside the one that makes the report."""
    is_posted, is_made = threading.Event(), threading.Event()

    def run(run: Run) -> int:
        run.progress(Progress(stage="writing", completed=0, total=2, unit="rows"))
        assert is_posted.wait(HANG_S)
        run.write(b"all of it")
        is_made.set()
        return 2

    world = world_of(run)
    push = world.push

    def slow(connection_id: str, frame: bytes) -> Delivery:
        if b"RUNNING" in frame:
            is_posted.set()
            assert is_made.wait(HANG_S)
        return push(connection_id, frame)

    announcer = replace(world.announcer, push=slow)
    world.execution = replace(world.execution, announcer=announcer, aside=aside)
    world.execute(ID)
    assert {snapshot.state for snapshot in pushed(world)} == {State.RUNNING, State.SUCCEEDED}


def test_upload_is_aborted_before_anything_is_announced() -> None:
    def run(run: Run) -> int:
        run.write(b"half")
        raise DefinitionFailed("no")

    world = world_of(run)
    seen: list[bool] = []
    push = world.push
    world.execution = replace(world.execution, announcer=replace(world.announcer, push=lambda c, f: spy(c, f)))

    def spy(connection_id: str, frame: bytes) -> Delivery:
        if b"FAILED" in frame:
            seen.append(world.results.uploads[0].aborted)
        return push(connection_id, frame)

    world.execute(ID)
    assert seen == [True]


def test_unreachable_watchers_wait_together(world: World) -> None:
    submit(world)
    for n in range(10):
        world.reports.watch(ID, ANNA.owner, f"conn-{n}", world.clock())
    row = world.reports.change(ID, steps.cancel_queued(world.clock()))
    assert row is not None
    world.push.outcomes = [Delivery.UNDELIVERED] * 1000
    before = world.clock()
    world.announcer.announce(row)
    assert world.clock() - before == timedelta(seconds=sum(RETRY_DELAYS_S))


def test_cancel_stops_a_running_report_at_its_next_tick() -> None:
    def run(run: Run) -> int:
        run.progress(Progress(stage="writing", completed=0, total=1, unit="rows"))
        run.write(b"half")
        world.cancel(ANNA, ID)
        run.wait(1.0)
        run.progress(Progress(stage="writing", completed=1, total=1, unit="rows"))
        raise AssertionError("it went on")

    world = world_of(run)
    world.execute(ID)
    assert pushed(world)[-1].state is State.CANCELLED
    assert world.results.uploads[0].aborted
    assert not world.results.objects


def test_deadline_fails_the_report_while_there_is_time_to_say_so(world: World) -> None:
    submit(world, delay=60_000)
    world.execute(ID, lifetime_s=30)
    last = pushed(world)[-1]
    assert last.state is State.FAILED
    assert last.error is not None
    assert last.error.code == FailureCode.TIMED_OUT
    assert world.clock() - START < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DefinitionFailed("There is no such month."), FailureCode.DEFINITION_ERROR),
        (MemoryError(), FailureCode.OUT_OF_MEMORY),
        (RuntimeError("bucket password is 12345"), FailureCode.INTERNAL),
    ],
)
def test_failing_definition_ends_the_report(error: Exception, code: FailureCode) -> None:
    def run(run: Run) -> int:
        run.write(b"half")
        raise error

    world = world_of(run)
    world.execute(ID)
    last = pushed(world)[-1]
    assert last.state is State.FAILED
    assert last.error is not None
    assert last.error.code == code
    assert "12345" not in last.error.message
    assert world.results.uploads[0].aborted


def test_finished_report_is_not_made_again(world: World) -> None:
    submit(world)
    world.execute(ID)
    before = world.reports.rows[ID]
    world.execute(ID, "invocation-2")
    assert world.reports.rows[ID] == before
    assert len(world.results.uploads) == 1


def test_vanished_watcher_is_dropped_and_the_report_goes_on(world: World) -> None:
    world.push.gone.add(ANNA.connection_id)
    submit(world, delay=2000)
    world.execute(ID)
    row = world.reports.rows[ID]
    assert row.state is State.SUCCEEDED
    assert row.watchers == frozenset()


def test_last_snapshot_is_pushed_again_until_delivered(world: World) -> None:
    submit(world)
    row = world.reports.change(ID, steps.claim("invocation-1", world.clock()))
    assert row is not None
    ended = world.reports.change(ID, steps.confirm_cancel(row.attempt, world.clock()))
    assert ended is not None
    world.push.outcomes = [Delivery.UNDELIVERED, Delivery.UNDELIVERED]
    world.announcer.announce(ended)
    assert pushed(world)[-1].state is State.CANCELLED


def test_progress_is_not_pushed_again(world: World) -> None:
    submit(world)
    row = world.reports.change(ID, steps.claim("invocation-1", world.clock()))
    assert row is not None
    world.push.outcomes = [Delivery.UNDELIVERED]
    world.announcer.announce(row)
    assert not world.push.frames
    assert world.reports.rows[ID].watchers == {ANNA.connection_id}


def test_definition_that_writes_its_file_itself_has_no_preview() -> None:
    def run(run: Run) -> int:
        run.write(b"whole")
        return 1

    world = world_of(run)
    world.execute(ID)
    link = pushed(world)[-1].link
    assert link is not None
    assert link.preview_url is None
    assert list(world.results.objects.values()) == [b"whole"]
