import pytest

from tests.backend.fakes import World


@pytest.fixture
def world() -> World:
    return World()
