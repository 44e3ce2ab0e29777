"""What one message costs the router in CPU, apart from any store, network or emulator.

event ──▶ `backend.router.route` on the tests' fakes ──▶ the table of README.md

The time includes the fakes, which are dictionaries, and leaves out what boto3 would add. Nothing is logged. Run it with
`python -m tests.benchmarks.routing`.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from backend.domain.report import Report
from backend.protocol.quotas import REPORT_IDS_PER_WATCH
from backend.router import route
from backend.service.ports import Delivery
from tests.backend.fakes import ANNA, REPORT_TTL, START, World

ROUNDS = 2_000
IDS = [f"00000000-0000-4000-8000-{n:012}" for n in range(REPORT_IDS_PER_WATCH)]
SAMPLE = {"definition": "sample", "parameters": {"delay": 1000, "amountOfRows": 10}}

Event = dict[str, Any]
MESSAGES: dict[str, tuple[int, Event]] = {
    "generateReport": (0, {"action": "generateReport", "data": {"reportId": IDS[0], **SAMPLE}}),
    "generateReport, known id": (1, {"action": "generateReport", "data": {"reportId": IDS[0], **SAMPLE}}),
    "watchReports, 1 report": (1, {"action": "watchReports", "data": {"reportIds": IDS[:1]}}),
    "watchReports, 50 reports": (50, {"action": "watchReports", "data": {"reportIds": IDS}}),
    "cancelReport": (1, {"action": "cancelReport", "data": {"reportId": IDS[0]}}),
    "listReports, 50 reports": (50, {"action": "listReports"}),
    "describeCatalog": (0, {"action": "describeCatalog"}),
    "ping": (0, {"action": "ping"}),
    "nonsense": (0, {"action": "nonsense"}),
}
"""What is sent, and how many reports its sender has before."""


def measure(rounds: int = ROUNDS) -> Iterator[tuple[str, float]]:
    """Yield the median CPU time of each event in microseconds."""
    yield "$connect", _median_us(0, _event("CONNECT"), rounds)
    for name, (reports, message) in MESSAGES.items():
        yield name, _median_us(reports, _event("MESSAGE", json.dumps(message)), rounds)
    yield "$disconnect", _median_us(0, _event("DISCONNECT"), rounds)


def _event(event_type: str, body: str = "") -> Event:
    identity = {"userArn": ANNA.owner}
    context = {"eventType": event_type, "connectionId": ANNA.connection_id, "identity": identity}
    return {"requestContext": context, "body": body}


def _median_us(reports: int, event: Event, rounds: int) -> float:
    world = World()
    world.compose(push=lambda _connection_id, _frame: Delivery.DELIVERED)
    route(_event("CONNECT"), world.router)
    rows = {report_id: _row(report_id) for report_id in IDS[:reports]}
    return statistics.median(_one_us(world, rows, event) for _ in range(rounds))


def _one_us(world: World, rows: dict[str, Report], event: Event) -> float:
    """Time one event on the rows as they were at first."""
    world.reports.rows = dict(rows)
    clock: Callable[[], int] = time.thread_time_ns
    began = clock()
    route(event, world.router)
    return (clock() - began) / 1000


def _row(report_id: str) -> Report:
    return Report(
        report_id=report_id,
        owner=ANNA.owner,
        definition="sample",
        parameters={"delay": 1000, "amountOfRows": 10},
        format="csv",
        created_at=START,
        expires_at=START + REPORT_TTL,
    )


def main() -> None:
    """Print the table."""
    sys.stdout.write("| event | CPU, median |\n|---|---:|\n")
    for name, cpu_us in measure():
        sys.stdout.write(f"| {name} | {cpu_us:,.0f} µs |\n")


if __name__ == "__main__":
    main()
