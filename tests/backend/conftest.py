import logging
from collections.abc import Iterator

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


class Faults(logging.Handler):
    """Keeps what the service logs as its own fault."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.getMessage()}: {record.exc_info}")


@pytest.fixture
def faults() -> Iterator[list[str]]:
    handler, logger = Faults(), logging.getLogger("backend")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.ERROR)  # formatting a line a message would take longer than all else
    yield handler.messages
    logger.removeHandler(handler)
    logger.setLevel(level)
