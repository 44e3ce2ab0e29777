"""Every way a report ends is logged once, with what is counted."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from backend.domain import steps
from backend.domain.caller import Caller
from backend.domain.counters import COUNTERS
from backend.protocol.lifecycle import State
from backend.protocol.messages import Failure, FailureCode, GenerateReport
from backend.service.ending import fields_of
from tests.backend.fakes import ANNA, EVENT_MAX_AGE, World

ID = "00000000-0000-4000-8000-000000000001"
LOST = Failure(code=FailureCode.WORKER_LOST, message="The report stopped without an answer. Try again.")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ended(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """Return the fields of the lines that say that a report has ended."""
    caplog.set_level(logging.INFO, logger="backend.service")
    return lambda: [vars(record) for record in caplog.records if record.message == "report ended"]


def submit(world: World, caller: Caller = ANNA) -> None:
    world.submit(caller, GenerateReport(report_id=ID, definition="sample", parameters={}))


def made(world: World) -> None:
    submit(world)
    world.clock.sleep(7)
    world.execute(ID)


def failed_by_its_worker(world: World) -> None:
    submit(world)
    world.execute(ID, lifetime_s=1)


def cancelled_while_queued(world: World) -> None:
    submit(world)
    world.cancel(ANNA, ID)


def not_started(world: World) -> None:
    world.invoke.is_refusing = True
    submit(world)


def abandoned(world: World) -> None:
    submit(world)
    world.abandonment.end(ID, world.invoke.events[0][1], LOST)


def unstarted(world: World) -> None:
    submit(world)
    world.clock.sleep(EVENT_MAX_AGE.total_seconds() + 1)
    world.watch(ANNA, [ID])


def lost(world: World) -> None:
    submit(world)
    world.reports.change(ID, steps.claim("invocation-1", world.clock()))
    world.clock.sleep((steps.LEASE + steps.LOST_AFTER).total_seconds() + 1)
    world.watch(ANNA, [ID])


@pytest.mark.parametrize(
    ("end", "state", "code"),
    [
        (made, State.SUCCEEDED, None),
        (failed_by_its_worker, State.FAILED, FailureCode.TIMED_OUT),
        (cancelled_while_queued, State.CANCELLED, None),
        (not_started, State.FAILED, FailureCode.INTERNAL),
        (abandoned, State.FAILED, FailureCode.WORKER_LOST),
        (unstarted, State.FAILED, FailureCode.NO_WORKER_FREE),
        (lost, State.FAILED, FailureCode.WORKER_LOST),
    ],
)
def test_every_end_is_counted_once(
    world: World, ended: Callable[[], list[dict[str, Any]]], end: Callable[[World], None], state: State, code: str
) -> None:
    end(world)
    world.abandonment.end(ID, "invocation-1", LOST)
    world.watch(ANNA, [ID])
    world.execute(ID)
    (line,) = ended()
    assert (line["ReportsEnded"], line["state"], line.get("code")) == (1, state, code)
    assert (line["reportId"], line["definition"]) == (ID, "sample")


def test_times_and_rows_are_those_of_the_report(world: World, ended: Callable[[], list[dict[str, Any]]]) -> None:
    made(world)
    (line,) = ended()
    row = world.reports.rows[ID]
    assert row.result is not None
    assert row.finished_at is not None
    assert line["QueueAge"] == 7
    assert line["TimeToLink"] == (row.finished_at - row.created_at).total_seconds() >= 7
    assert line["Rows"] == row.result.row_count > 0


def test_report_without_a_file_has_no_time_to_link(world: World, ended: Callable[[], list[dict[str, Any]]]) -> None:
    not_started(world)
    (line,) = ended()
    assert not {"TimeToLink", "Rows", "QueueAge"} & line.keys()


def test_second_worker_says_nothing_of_the_queue(world: World) -> None:
    made(world)
    row = world.reports.rows[ID]
    assert "QueueAge" in fields_of(row)
    assert "QueueAge" not in fields_of(replace(row, attempt=2))


def test_report_is_asked_for_once_however_often_it_is_sent(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="backend.service")
    submit(world)
    submit(world)
    assert sum(vars(record).get("ReportsAsked", 0) for record in caplog.records) == 1


def test_nothing_is_divided_by_owner_report_or_connection(world: World) -> None:
    made(world)
    row = world.reports.rows[ID]
    fields = fields_of(row)
    divided_by = {field for counter in COUNTERS.values() for field in counter.divided_by}
    assert divided_by <= fields.keys() | {"code"}
    assert not {str(fields[field]) for field in divided_by & fields.keys()} & {ID, row.owner, *row.watchers}
