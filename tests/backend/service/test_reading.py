import json
from datetime import datetime, timedelta

from msgspec.structs import replace

from backend.domain.caller import SignIn
from backend.protocol.lifecycle import State
from backend.router import route
from tests.backend.fakes import ANNA, EVENT_MAX_AGE, MAX_ACTIVE, World
from tests.backend.service.test_submission import ASKED
from tests.backend.socket_events import event


def test_counting_active_reports_changes_none(world: World) -> None:
    for _ in range(MAX_ACTIVE):
        world.submit(ANNA, replace(ASKED, report_id=None))
    world.clock.sleep(EVENT_MAX_AGE.total_seconds() + 1)
    before = dict(world.reports.rows)
    assert len(world.router.answering.reading.active(ANNA, world.clock())) == MAX_ACTIVE
    assert world.reports.rows == before


def test_overdue_report_is_failed_as_it_is_read(world: World) -> None:
    world.submit(ANNA, ASKED)
    world.clock.sleep(EVENT_MAX_AGE.total_seconds() + 1)
    (found,), missing = world.watch(ANNA, [str(ASKED.report_id)])
    assert (found.state, missing) == (State.FAILED, ())


def test_request_has_one_time(world: World) -> None:
    def ticking() -> datetime:
        world.clock.sleep(1)
        return world.clock.now

    world.connections.put(ANNA.connection_id, SignIn(ANNA.owner), world.clock())
    world.compose(clock=ticking)
    data = {"definition": "sample", "parameters": {"delay": 0, "amountOfRows": 1}}
    route(event("$default", ANNA.connection_id, json.dumps({"action": "generateReport", "data": data})), world.router)
    (row,) = world.reports.rows.values()
    _, connection_expires_at = world.connections.rows[ANNA.connection_id]
    assert connection_expires_at - row.created_at == timedelta(hours=1)
