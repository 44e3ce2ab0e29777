import pytest

from tests.backend.fakes import World
from tests.backend.web.asking import Http, http_of


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def http(world: World) -> Http:
    return http_of(world)
