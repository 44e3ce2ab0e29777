"""A statement that takes long, run aside so that its progress can be told and it can be stopped.

engine ──▶ **run_watched** ──▶ DuckDB, on a thread; every so often ──▶ tick
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import duckdb

INTERVAL_S = 0.2
"""How often it is looked at: the ticker knows of a cancel within a second, and the statement stops this much later."""
REPEAT_S = 0.05


def run_watched(
    connection: duckdb.DuckDBPyConnection, statement: str, binds: Mapping[str, Any], tick: Callable[[], None]
) -> list[tuple[Any, ...]]:
    """Return the statement's rows; call `tick` at once and again until it has ended.

    Raises:
        duckdb.Error: The statement failed.
        Exception: What `tick` raised, after the statement was interrupted and has stopped.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="query") as pool:
        running = pool.submit(lambda: connection.execute(statement, dict(binds) or None).fetchall())
        try:
            while True:
                tick()
                if wait([running], INTERVAL_S).done:
                    return running.result()
        finally:
            while not wait([running], REPEAT_S).done:
                connection.interrupt()  # more than once: it may not have begun yet
