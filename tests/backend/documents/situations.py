"""The service in the situations that the examples begin in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from backend.documents.examples import ID, ORDER
from backend.documents.exchanges import Situation
from backend.domain import steps
from backend.domain.caller import SignIn
from backend.protocol.messages import Failure, FailureCode, GenerateReport, Progress
from backend.reports.sample import DEFINITION
from backend.service.ports import StoreUnavailable
from tests.backend.fakes import ANNA, FILE_TTL, World


def world_in(situation: Situation) -> World:
    """Return a service with that to look at, at the time of the examples."""
    world = World({"sample": DEFINITION})
    world.connections.put(ANNA.connection_id, SignIn(ANNA.owner), world.clock())
    MAKE[situation](world)
    return world


def _nothing(_world: World) -> None:
    pass


def _queued(world: World, report_id: str = ID) -> None:
    world.submit(replace(ANNA, connection_id=""), msgspec.convert({"reportId": report_id, **ORDER}, GenerateReport))


def _running(world: World) -> None:
    _queued(world)
    _change(world, steps.claim("invocation-1", world.clock()))
    _change(world, steps.tick(1, Progress(stage="waiting", completed=12_000, total=40_000, unit="ms"), world.clock()))


def _change(world: World, change: Any) -> None:
    assert world.reports.change(ID, change)


def _succeeded(world: World) -> None:
    _queued(world)
    world.execute(ID)


def _failed(world: World) -> None:
    _running(world)
    world.clock.sleep(40)
    failure = Failure(code=FailureCode.WORKER_LOST, message="The report stopped without an answer. Try again.")
    _change(world, steps.fail(1, failure, world.clock()))


def _expired(world: World) -> None:
    _succeeded(world)
    world.clock.sleep(FILE_TTL.total_seconds())


def _full(world: World) -> None:
    for n in range(5):
        _queued(world, f"00000000-0000-4000-8000-00000000000{n}")


def _busy(world: World) -> None:
    world.settings = replace(world.settings, messages_per_second=1)
    world.http_settings = replace(world.http_settings, messages_per_second=1)
    world.compose()
    for _ in range(10):
        world.http.rates.check_message(ANNA.owner, world.clock())


def _unreachable(world: World) -> None:
    _break(world, StoreUnavailable("secret"))


def _broken(world: World) -> None:
    _break(world, RuntimeError("secret"))


def _break(world: World, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    world.reports.get = fail  # type: ignore[method-assign, assignment]


MAKE: dict[Situation, Callable[[World], None]] = {
    "nothing": _nothing,
    "queued": _queued,
    "running": _running,
    "succeeded": _succeeded,
    "failed": _failed,
    "expired": _expired,
    "full": _full,
    "busy": _busy,
    "unreachable": _unreachable,
    "broken": _broken,
}
