"""Workers that die, hang, or never start, on the emulator: the report is made after all, or the analyst is told why.

The cases run at once, as a crash has to wait for the dead worker's lease of a minute.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.aws.report_items import encode
from backend.domain import steps
from backend.domain.report import Report
from backend.protocol.lifecycle import State
from backend.protocol.messages import FailureCode, Snapshot
from desktop.session.connection_status import Connected, Connecting
from tests.faults import site as sites
from tests.faults.desk import Desk, at_desk, hurried
from tests.faults.faults import Hold, Post
from tests.faults.site import RETRY_AFTER_S, Site
from tests.limits import HANG_S

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="finds a worker's process in Linux's /proc"),
]

TOLD_WITHIN = timedelta(minutes=2)
TIMEOUT_S = 15
"""Of the worker at the second site; the deadline watch ends a report ten seconds before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report. `failed_at` is when its worker was last hit, `told_at` when the analyst saw the end."""

    snapshot: Snapshot
    row: Report
    files: list[str]
    uploads: list[str]
    states: list[State]
    failed_at: datetime
    told_at: datetime

    def assert_failed(self, code: FailureCode, *, attempt: int) -> None:
        assert self.snapshot.state is State.FAILED
        assert self.snapshot.error is not None
        assert (self.snapshot.error.code, self.row.attempt) == (code, attempt)
        assert self.files == []
        assert self.row.finished_at is not None
        assert self.row.finished_at - self.failed_at < TOLD_WITHIN
        assert self.told_at - self.row.finished_at < timedelta(seconds=5)

    def assert_made_again(self) -> None:
        assert self.snapshot.state is State.SUCCEEDED, self.snapshot.error
        assert self.row.attempt == 2
        assert sorted(self.files) == sorted([str(self.row.object_key), str(self.row.preview_key)])
        assert all("/2/" in key for key in self.files)
        assert self.states == [State.QUEUED, State.RUNNING, State.SUCCEEDED]
        assert self.told_at - self.failed_at < TOLD_WITHIN


def now() -> datetime:
    return datetime.now(UTC)


async def outcome(desk: Desk, site: Site, report_id: str, failed_at: datetime) -> Outcome:
    snapshot = await desk.until_ended(report_id)
    told_at = now()
    if snapshot.state is State.SUCCEEDED:
        await asyncio.to_thread(site.assert_made, snapshot, attempt=site.row(report_id).attempt)
    assert desk.shown == [Connecting(), Connected()]
    files, uploads = site.files(report_id), site.uploads(report_id)
    return Outcome(snapshot, site.row(report_id), files, uploads, desk.states, failed_at, told_at)


@contextmanager
def held(site: Site, report_id: str, stage: str, completed: int = 0) -> Iterator[Hold]:
    """Have the report's worker stand still as it announces that it is so far."""
    hold = Hold()

    def judge(post: Post) -> Hold | None:
        return hold if post.shows(report_id, state="RUNNING", stage=stage, completed=completed) else None

    site.gateway.faults.judges.append(judge)
    try:
        yield hold
    finally:
        site.gateway.faults.judges.remove(judge)
        hold.let_go()


async def strike(site: Site, report_id: str, number: signal.Signals, stage: str, completed: int = 0) -> datetime:
    """Send the report's worker a signal when it is so far; return when."""
    with held(site, report_id, stage, completed) as hold:
        site.signal_poster(await hold.first(), number)
        return now()


# --- the first site: workers are killed -----------------------------------------------------------


async def kill_in(site: Site, stage: str, rows: int = 10, completed: int = 0) -> Outcome:
    async with at_desk(site.analyst()) as desk:
        await desk.until_connected()
        report_id = desk.generate(500, rows)
        failed_at = await strike(site, report_id, signal.SIGKILL, stage, completed)
        return await outcome(desk, site, report_id, failed_at)


async def kill_twice(site: Site) -> Outcome:
    async with at_desk(site.analyst()) as desk:
        await desk.until_connected()
        report_id = desk.generate(3000)
        await strike(site, report_id, signal.SIGKILL, "waiting")
        failed_at = await strike(site, report_id, signal.SIGKILL, "waiting")
        return await outcome(desk, site, report_id, failed_at)


async def freeze(site: Site) -> Outcome:
    """Stop the worker until the same event, delivered again, has been claimed; then let it go on."""
    async with at_desk(site.analyst()) as desk:
        await desk.until_connected()
        report_id = desk.generate(5000)
        with held(site, report_id, "waiting") as hold:
            pid = site.signal_poster(await hold.first(), signal.SIGSTOP)
        failed_at = now()
        site.deliver_again(report_id)
        await site.until_row(report_id, lambda row: row.attempt == 2)
        os.kill(pid, signal.SIGCONT)
        return await outcome(desk, site, report_id, failed_at)


# --- the second site: the function is changed -----------------------------------------------------


async def fail_to_start(site: Site) -> Outcome:
    site.configure_worker(Handler="backend.nowhere.handler")
    try:
        async with at_desk(site.analyst()) as desk:
            await desk.until_connected()
            report_id = desk.generate()
            await desk.until_in(report_id, "QUEUED")
            return await outcome(desk, site, report_id, now() + timedelta(seconds=RETRY_AFTER_S))
    finally:
        site.configure_worker(Handler="backend.worker.handler")


async def starve(site: Site) -> Outcome:
    """Leave a report that gathers its rows little memory, and hardly any disk for the rest."""
    with site.variables(WORKER_MEMORY_MB="512", WORKER_STORAGE_MB="1"):
        async with at_desk(site.analyst()) as desk:
            await desk.until_connected()
            report_id = desk.generate(0, 10_000_000, format_="xlsx")
            return await outcome(desk, site, report_id, now())


async def throttle(site: Site) -> Outcome:
    """Ask for a report while the only worker there may be is at another."""
    async with at_desk(site.analyst()) as desk:
        with site.reserved(1):
            await desk.until_connected()
            earlier = desk.new_id()
            with held(site, earlier, "waiting") as hold:
                desk.generate(500, 10, earlier)
                await hold.first()
                report_id = desk.generate()
                await desk.until_in(report_id, "QUEUED")
            failed_at = now()
            site.assert_made(await desk.until_ended(earlier))
            assert site.row(report_id).attempt == 0
            return await outcome(desk, site, report_id, failed_at)


async def kill_untold(site: Site) -> Outcome:
    """Kill the worker where Lambda neither repeats the event nor says that it failed, and have the lease lapse."""
    with site.untold():
        async with at_desk(site.analyst(), clock=hurried(30)) as desk:
            await desk.until_connected()
            report_id = desk.generate(3000)
            failed_at = await strike(site, report_id, signal.SIGKILL, "waiting")
            lapsed = now() - steps.LOST_AFTER - timedelta(seconds=1)
            site.local.client("dynamodb").update_item(
                TableName=site.local.outputs["reportsTable"],
                Key={"reportId": {"S": report_id}},
                UpdateExpression="SET leaseUntil = :lapsed",
                ExpressionAttributeValues={":lapsed": encode("lease_until", lapsed)},
            )
            return await outcome(desk, site, report_id, failed_at)


async def stop(site: Site) -> Outcome:
    """Stop the worker, which lives and does nothing, until the function's time is over, twice."""
    async with at_desk(site.analyst()) as desk:
        await desk.until_connected()
        report_id = desk.generate(3000)
        stopped_at = await strike(site, report_id, signal.SIGSTOP, "waiting")
        failed_at = stopped_at + timedelta(seconds=TIMEOUT_S + RETRY_AFTER_S + TIMEOUT_S)
        return await outcome(desk, site, report_id, failed_at)


async def take_too_long(site: Site) -> Outcome:
    async with at_desk(site.analyst()) as desk:
        await desk.until_connected()
        report_id = desk.generate(60_000)
        await desk.until_in(report_id, "RUNNING")
        return await outcome(desk, site, report_id, now())


Outcomes = dict[str, "Outcome | BaseException"]


async def change_function(site: Site) -> Outcomes:
    """Run the cases in turn that change the function, and with a short time-out two at once."""
    init = await together({"init": fail_to_start(site)})
    throttled = await together({"throttle": throttle(site)})
    untold = await together({"untold": kill_untold(site)})
    starved = await together({"memory": starve(site)})
    site.configure_worker(Timeout=TIMEOUT_S)
    return init | throttled | untold | starved | await together({"stop": stop(site), "deadline": take_too_long(site)})


async def together(cases: dict[str, Coroutine[Any, Any, Outcome]]) -> Outcomes:
    limited = [asyncio.wait_for(case, HANG_S) for case in cases.values()]
    return dict(zip(cases, await asyncio.gather(*limited, return_exceptions=True), strict=True))


async def kill(site: Site) -> Outcomes:
    return await together(
        {
            "waiting": kill_in(site, "waiting"),
            "writing": kill_in(site, "writing", rows=10_000_000, completed=500_000),
            "storing": kill_in(site, "storing", rows=600_000),
            "twice": kill_twice(site),
            "frozen": freeze(site),
        }
    )


async def everything(first: Site, second: Site) -> Outcomes:
    killed, changed = await asyncio.gather(kill(first), change_function(second))
    return killed | changed


OutcomeOf = Callable[[str], Outcome]


@pytest.fixture(scope="module")
def outcome_of(shared_site: Site, cache: Path) -> Iterator[OutcomeOf]:
    shared_site.gateway.reset()
    with sites.running(cache / "reportwire") as second:
        outcomes = asyncio.run(everything(shared_site, second))

        def find(case: str) -> Outcome:
            found = outcomes[case]
            if isinstance(found, BaseException):
                raise found
            return found

        yield find


# --- what is held ---------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["waiting", "writing", "storing"])
def test_report_of_a_killed_worker_is_made_by_the_next(outcome_of: OutcomeOf, stage: str) -> None:
    outcome_of(stage).assert_made_again()


@pytest.mark.parametrize("stage", ["writing", "storing"])
def test_killed_worker_leaves_an_upload_to_the_bucket_s_own_rule(
    outcome_of: OutcomeOf, shared_site: Site, stage: str
) -> None:
    (left,) = outcome_of(stage).uploads
    assert "/1/" in left
    rules = shared_site.local.client("s3").get_bucket_lifecycle_configuration(Bucket=shared_site.bucket)["Rules"]
    assert [rule["AbortIncompleteMultipartUpload"] for rule in rules] == [{"DaysAfterInitiation": 1}]
    assert [rule["Status"] for rule in rules] == ["Enabled"]


def test_worker_that_comes_back_after_another_took_over_leaves_the_report_to_it(outcome_of: OutcomeOf) -> None:
    outcome_of("frozen").assert_made_again()
    assert outcome_of("frozen").uploads == []


def test_report_whose_worker_is_killed_twice_is_told_to_be_lost(outcome_of: OutcomeOf) -> None:
    outcome_of("twice").assert_failed(FailureCode.WORKER_LOST, attempt=2)


def test_report_nobody_ends_is_ended_as_it_is_read(outcome_of: OutcomeOf) -> None:
    outcome_of("untold").assert_failed(FailureCode.WORKER_LOST, attempt=1)


def test_report_that_does_not_fit_into_memory_is_told_to_be_too_large(outcome_of: OutcomeOf) -> None:
    outcome_of("memory").assert_failed(FailureCode.OUT_OF_MEMORY, attempt=1)
    assert outcome_of("memory").uploads == []


def test_report_is_told_to_take_too_long_before_the_function_is_killed(outcome_of: OutcomeOf) -> None:
    outcome_of("deadline").assert_failed(FailureCode.TIMED_OUT, attempt=1)
    row = outcome_of("deadline").row
    assert row.started_at is not None
    assert row.finished_at is not None
    assert row.finished_at - row.started_at < timedelta(seconds=TIMEOUT_S)


def test_report_whose_worker_hangs_is_told_to_take_too_long(outcome_of: OutcomeOf) -> None:
    outcome_of("stop").assert_failed(FailureCode.TIMED_OUT, attempt=1)


def test_report_whose_worker_cannot_start_is_told_to_be_lost(outcome_of: OutcomeOf) -> None:
    outcome_of("init").assert_failed(FailureCode.WORKER_LOST, attempt=0)
    assert outcome_of("init").states == [State.QUEUED, State.FAILED]


def test_throttled_report_is_made_when_there_is_room(outcome_of: OutcomeOf) -> None:
    throttled = outcome_of("throttle")
    assert throttled.snapshot.state is State.SUCCEEDED
    assert throttled.row.attempt == 1
    assert throttled.told_at - throttled.failed_at < TOLD_WITHIN
