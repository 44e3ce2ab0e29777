"""Cancelling a report in each of its states: the row says so within two seconds, and nothing is left in the bucket.

Ctrl-C on the command line is in tests/flows/test_cli.py.
"""

from datetime import UTC, datetime, timedelta

import pytest

from backend.protocol.lifecycle import State
from desktop.session.connection_status import Waiting
from tests.faults.desk import Desk, at_desk, hurried
from tests.faults.faults import Hold, Post, Refusal
from tests.faults.site import Site, drive

pytestmark = pytest.mark.slow

WITHIN = timedelta(seconds=2)


async def cancel(desk: Desk, site: Site, report_id: str) -> None:
    """Cancel the report and hold that it ends in time with nothing left."""
    asked_at = datetime.now(UTC)
    desk.cancel(report_id)
    snapshot = await desk.until_ended(report_id)
    assert snapshot.state is State.CANCELLED
    assert snapshot.link is None
    row = site.row(report_id)
    assert row.finished_at is not None
    assert row.finished_at - asked_at < WITHIN
    assert site.files(report_id) == []
    assert site.uploads(report_id) == []


def test_queued_report_is_cancelled_before_anyone_begins_it(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            with behind.reserved(0):
                await desk.until_connected()
                report_id = desk.generate(60_000)
                await desk.until_in(report_id, "QUEUED")
                await cancel(desk, behind, report_id)
            assert behind.row(report_id).attempt == 0

    drive(flow())


def test_waiting_report_is_cancelled(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            await desk.until_connected()
            report_id = desk.generate(60_000)
            await desk.until_in(report_id, "RUNNING", "waiting")
            await cancel(desk, behind, report_id)

    drive(flow())


def test_report_that_is_being_written_is_cancelled_and_its_upload_aborted(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            await desk.until_connected()
            report_id = desk.generate(0, 10_000_000)
            await behind.until_upload(report_id)
            await cancel(desk, behind, report_id)

    drive(flow())


def test_cancel_that_comes_before_the_file_is_stored_is_seen_as_storing_begins(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            hold, report_id = held_at(behind, desk, "writing")
            await desk.until_connected()
            desk.generate(0, 10, report_id)
            await hold.first()
            desk.cancel(report_id)
            await behind.until_row(report_id, lambda row: row.cancel_requested)
            hold.let_go()
            assert (await desk.until_ended(report_id)).state is State.CANCELLED
            assert behind.files(report_id) == []

    drive(flow())


def test_cancel_that_comes_while_the_file_is_stored_is_too_late_and_the_link_comes(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            hold, report_id = held_at(behind, desk, "storing")
            await desk.until_connected()
            desk.generate(0, 10, report_id)
            await hold.first()
            desk.cancel(report_id)
            await behind.until_row(report_id, lambda row: row.cancel_requested)
            hold.let_go()
            behind.assert_made(await desk.until_ended(report_id))
            assert not desk.store.session.entries[report_id].is_open

    drive(flow())


def test_cancel_while_offline_is_sent_with_the_next_connection(behind: Site) -> None:
    async def flow() -> None:
        async with at_desk(behind.analyst()) as desk:
            await desk.until_connected()
            report_id = desk.generate(60_000)
            await desk.until_in(report_id, "RUNNING", "waiting")
            behind.gateway.faults.refusals.extend([Refusal(503)] * 3)
            behind.gateway.close_all()
            await desk.until_shown(Waiting)
            desk.cancel(report_id)
            assert (await desk.until_ended(report_id)).state is State.CANCELLED
            assert len(behind.gateway.handshakes) == 5

    drive(flow())


def test_cancel_that_never_arrived_is_sent_again(behind: Site) -> None:
    async def flow() -> None:
        behind.gateway.faults.swallowed.append("cancelReport")
        async with at_desk(behind.analyst(), clock=hurried(30)) as desk:
            await desk.until_connected()
            report_id = desk.generate(60_000)
            await desk.until_in(report_id, "RUNNING", "waiting")
            desk.cancel(report_id)
            assert (await desk.until_ended(report_id)).state is State.CANCELLED
            assert behind.gateway.faults.swallowed == []

    drive(flow())


def held_at(site: Site, desk: Desk, stage: str) -> tuple[Hold, str]:
    """Have the worker of a report to come stand still as it announces a stage."""
    hold, report_id = Hold(), desk.new_id()

    def judge(post: Post) -> Hold | None:
        return hold if post.shows(report_id, state="RUNNING", stage=stage) else None

    site.gateway.faults.judges.append(judge)
    return hold, report_id
