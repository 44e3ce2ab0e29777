"""What the sandbox, the ranged reads and the memory limit cost a query: ours beside DuckDB alone on the same SQL.

formats ──▶ **compare** ──▶ a process for each: `python -m tests.benchmarks.formats.queries WHO QUERY SOURCE`
"""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from backend.catalog.query import Query
from backend.engine.export import DuckEngine
from backend.protocol.formats import FORMATS
from backend.protocol.messages import Progress
from backend.protocol.parameters import complete
from backend.service.ports import FileOrder
from tests.benchmarks.formats.ours import DATASET, LIMITS, at
from tests.benchmarks.formats.writers import OURS

ALONE = "DuckDB"
BOUND = "DuckDB with our memory"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the source."""

    sql: str
    order: tuple[str, ...]


QUESTIONS: Mapping[str, Question] = {
    "group by city and month": Question(
        f"SELECT city, date_trunc('month', day) AS month, count(*) AS rows, sum(amount) AS amount, "
        f"avg(quantity) AS quantity FROM {DATASET} GROUP BY ALL",
        ("city", "month"),
    ),
    "distinct customers a day": Question(
        f"SELECT day, count(DISTINCT customer) AS customers FROM {DATASET} GROUP BY day",
        ("day",),
    ),
    "a tenth of the rows, sorted": Question(
        f"SELECT * FROM {DATASET} WHERE quantity < 100",
        ("customer", "at desc", "id"),
    ),
}


def compare(source: Path, repeats: int) -> dict[str, dict[str, list[float]]]:
    """Return the seconds of each query and who ran it, in turns."""
    taken: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(repeats):
        for question in QUESTIONS:
            for who in (ALONE, BOUND, OURS):
                command = [sys.executable, "-m", __name__, who, question, str(source)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
                taken[question][who].append(float(done.stdout))
    return taken


def table(rows: int, taken: Mapping[str, Mapping[str, list[float]]]) -> Iterator[str]:
    """Yield the lines of the table: the quickest of each."""
    yield f"| query over {rows:,} rows | DuckDB alone | with our memory | the query phase here | ratio to both |"
    yield "|---|---:|---:|---:|---:|"
    for question, seconds in taken.items():
        alone, bound, ours = (min(seconds[who]) for who in (ALONE, BOUND, OURS))
        yield f"| {question} | {alone:.2f} s | {bound:.2f} s | {ours:.2f} s | {ours / alone:.2f}, {ours / bound:.2f} |"


def alone_s(question: Question, source: Path, memory_mb: int | None = None) -> float:
    """Time DuckDB as it comes, or with so much memory: the rows in a table, sorted."""
    keys = ", ".join(f'"{key.removesuffix(" desc")}"' + " DESC" * key.endswith(" desc") for key in question.order)
    began = time.perf_counter()
    with duckdb.connect() as connection:
        if memory_mb is not None:
            connection.execute(f"SET memory_limit = '{memory_mb}MB'")
        connection.execute(f"CREATE VIEW {DATASET} AS FROM '{source}'")
        connection.execute(f"CREATE TEMP TABLE result AS SELECT * FROM ({question.sql}) ORDER BY {keys}")
        return time.perf_counter() - began


class _Writing(Exception):
    """The query phase is over."""


def ours_s(question: Question, source: Path) -> float:
    """Time the engine from the start to the first row that is written."""
    query = Query(sql=question.sql, datasets=(DATASET,), order=question.order)
    order = FileOrder(format="csv", title="Benchmark", options=complete(FORMATS["csv"].options, {}))

    def heed(progress: Progress) -> None:
        if progress.stage == "writing":
            raise _Writing

    began = time.perf_counter()
    with suppress(_Writing):
        DuckEngine(at(source), LIMITS).export(query, order, lambda _: None, heed)
    return time.perf_counter() - began


if __name__ == "__main__":
    WHO, QUESTION, SOURCE = sys.argv[1:]
    clocks: Mapping[str, Callable[[Question, Path], float]] = {
        OURS: ours_s,
        ALONE: alone_s,
        BOUND: partial(alone_s, memory_mb=LIMITS.memory_mb),
    }
    sys.stdout.write(f"{clocks[WHO](QUESTIONS[QUESTION], Path(SOURCE))}\n")
