import threading
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from backend.engine.duck.interruptible import run_watched


class Stop(Exception):
    pass


def run(connection: Any, statement: str, tick: Callable[[], None], **pace: float) -> Any:
    return run_watched(lambda: connection.execute(statement).fetchall(), connection.interrupt, tick, **pace)


class Deaf:
    """A connection that minds only the third interruption."""

    def __init__(self) -> None:
        self.interrupted = 0
        self.gave_up = threading.Event()

    def execute(self, _statement: str) -> "Deaf":
        assert self.gave_up.wait(30)
        return self

    def fetchall(self) -> list[tuple[int]]:
        raise duckdb.InterruptException("interrupted")

    def interrupt(self) -> None:
        self.interrupted += 1
        if self.interrupted == 3:
            self.gave_up.set()


@pytest.fixture
def connection() -> Any:
    with duckdb.connect() as connection:
        yield connection


def test_rows_are_returned_and_progress_is_looked_at_first(connection: Any) -> None:
    ticks: list[int] = []
    assert run(connection, "SELECT 1 + 1", lambda: ticks.append(1)) == [(2,)]
    assert ticks


def test_failure_comes_out(connection: Any) -> None:
    with pytest.raises(duckdb.BinderException):
        run(connection, "SELECT nothing", lambda: None)


def test_connection_can_be_used_after_a_stop(connection: Any) -> None:
    with pytest.raises(Stop):
        run(connection, "SELECT sum(hash(range)) FROM range(100_000_000_000)", stop)
    assert run(connection, "SELECT 1", lambda: None) == [(1,)]


def test_statement_is_interrupted_until_it_has_stopped() -> None:
    deaf = Deaf()
    connection: Any = deaf
    with pytest.raises(Stop):
        run(connection, "SELECT 1", stop, repeat_s=0.001)
    assert deaf.interrupted >= 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("query")]


def test_statement_is_looked_at_again_and_again(connection: Any) -> None:
    ticks: list[int] = []

    def stop_at_ten() -> None:
        ticks.append(1)
        if len(ticks) == 10:
            raise Stop

    with pytest.raises(Stop):
        run(connection, "SELECT sum(hash(range)) FROM range(100_000_000_000)", stop_at_ten, interval_s=0.001)
    assert len(ticks) == 10


def stop() -> None:
    raise Stop
