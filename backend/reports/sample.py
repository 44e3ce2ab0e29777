"""The sample report: waits as long as it is told, then writes as many rows as it is told.

Its parameters are those of the demo this project grew from: `delay` in milliseconds and `amountOfRows`.
"""

from backend.catalog.definition import Definition, Run
from backend.catalog.query import ColumnStyle, Query
from backend.protocol.formats import FORMATS
from backend.protocol.messages import Progress

WAIT_STEP_S = 0.25
SQL = """
SELECT
    DATE '2024-01-01' + (n % 366)::INTEGER AS "Date",
    'Item ' || (n % 97 + 1) AS "Item",
    ((n * 7919 % 100000) * 0.01::DECIMAL(3, 2))::DECIMAL(9, 2) AS "Amount"
FROM range($rows) AS numbers(n)
"""
"""The same rows for the same number, whenever asked."""


def run(run: Run) -> int:
    """Wait, then write the rows."""
    _wait(run, run.parameters["delay"])
    amount = {"rows": run.parameters["amountOfRows"]}
    return run.export(Query(sql=SQL, binds=amount, columns={"Amount": ColumnStyle(number_format="#,##0.00")}))


def _wait(run: Run, delay_ms: int) -> None:
    steps = -(-delay_ms // int(WAIT_STEP_S * 1000))
    for n in range(steps):
        waited_ms = n * int(WAIT_STEP_S * 1000)
        run.progress(Progress(stage="waiting", completed=waited_ms, total=delay_ms, unit="ms"))
        run.wait(min(WAIT_STEP_S, (delay_ms - waited_ms) / 1000))


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
    formats=tuple(FORMATS),
    run=run,
)
