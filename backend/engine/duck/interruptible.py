"""Long work on a thread of its own, so that its progress is reported and it can be stopped.

engine ──▶ **run_watched** ──▶ DuckDB, on a thread; every so often ──▶ tick
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

INTERVAL_S = 0.2
"""How often progress is reported: the ticker learns of a cancel within a second, and the work stops this much later."""
REPEAT_S = 0.05
"""How often work that is to stop is interrupted again."""

Result = TypeVar("Result")


def run_watched(
    work: Callable[[], Result],
    interrupt: Callable[[], None],
    tick: Callable[[], None],
    *,
    interval_s: float = INTERVAL_S,
    repeat_s: float = REPEAT_S,
) -> Result:
    """Return what the work returns; call `tick` at once and again until it has ended.

    Raises:
        Exception: What the work raised, or `tick`, after the work was interrupted and has stopped.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="query") as pool:
        running = pool.submit(work)
        try:
            while True:
                tick()
                if wait([running], interval_s).done:
                    return running.result()
        finally:
            while not running.done():
                interrupt()  # more than once: it may not have begun yet
                wait([running], repeat_s)
