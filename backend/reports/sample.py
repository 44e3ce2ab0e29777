"""The sample report: waits as long as it is told, then writes as many rows as it is told.

Its parameters are those of the demo this project grew from: `delay` in milliseconds and `amountOfRows`.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from backend.definition import Definition, Run
from backend.formats.csv import encode_rows

COLUMNS = ("Date", "Item", "Amount")
WAIT_STEP_S = 0.25
BLOCK_ROWS = 10_000
_FIRST_DAY = date(2024, 1, 1)


def run(run: Run) -> int:
    """Wait, then write the rows."""
    _wait(run, run.parameters["delay"])
    return _write(run, run.parameters["amountOfRows"])


def rows(amount: int) -> Iterator[tuple[str, str, str]]:
    """Yield the same rows for the same amount, whenever asked."""
    days = [(_FIRST_DAY + timedelta(days=n)).isoformat() for n in range(366)]
    for n in range(amount):
        cents = n * 7919 % 100_000
        yield days[n % 366], f"Item {n % 97 + 1}", f"{cents // 100}.{cents % 100:02}"


def _wait(run: Run, delay_ms: int) -> None:
    steps = -(-delay_ms // int(WAIT_STEP_S * 1000))
    for n in range(steps):
        waited_ms = n * int(WAIT_STEP_S * 1000)
        run.progress("waiting", waited_ms, delay_ms, "ms")
        run.wait(min(WAIT_STEP_S, (delay_ms - waited_ms) / 1000))


def _write(run: Run, amount: int) -> int:
    run.progress("writing", 0, amount, "rows")
    run.write(encode_rows([COLUMNS]))
    source, written = rows(amount), 0
    while block := list(islice(source, BLOCK_ROWS)):
        run.write(encode_rows(block))
        written += len(block)
        run.progress("writing", written, amount, "rows")
    return written


DEFINITION = Definition(
    id="sample",
    title="Sample report",
    description="Waits for a while, then writes rows of made-up sales. Good for trying things out.",
    parameters={
        "type": "object",
        "properties": {
            "delay": {
                "type": "integer",
                "title": "Delay in milliseconds",
                "description": "How long the report waits before it writes.",
                "minimum": 0,
                "maximum": 840_000,
                "default": 40_000,
            },
            "amountOfRows": {
                "type": "integer",
                "title": "Rows",
                "description": "How many rows it writes.",
                "minimum": 0,
                "maximum": 10_000_000,
                "default": 500,
            },
        },
    },
    formats=("csv",),
    run=run,
)
