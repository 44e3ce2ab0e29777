import pytest

from tests.backend.documents.described import frame_faults
from tests.backend.fakes import World
from tests.backend.web.asking import Http, http_of


@pytest.fixture
def world() -> World:
    world = World()
    world.push.judge = _judge
    return world


def _judge(frame: bytes) -> None:
    assert frame_faults(frame) == [], "not what asyncapi.json says"


@pytest.fixture
def http(world: World) -> Http:
    return http_of(world)
