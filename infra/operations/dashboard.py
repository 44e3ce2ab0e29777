"""The dashboard: from what was asked for to what it costs.

watched ──▶ **body** ──▶ operations

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.domain.counters import (
    BYTES_SCANNED,
    CODE,
    CONNECTIONS_OPENED,
    QUEUE_AGE,
    REPORTS_ASKED,
    REPORTS_ENDED,
    ROWS,
    STATE,
    TIME_TO_LINK,
)
from backend.protocol.lifecycle import TERMINAL
from backend.protocol.messages import FailureCode
from infra.operations.watched import Metric, Watched
from infra.storage import ACTIVE_INDEX, OWNER_INDEX

PERIOD_S = 300
HALF, HEIGHT = 12, 6
"""Of the 24 columns, and rows."""

Line = tuple[str, Metric]
"""A label and the metric that is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    title: str
    lines: Sequence[Line]
    sums: Mapping[str, str] = field(default_factory=dict)
    """Metric math by label, over `m0`, `m1` and so on, which are the lines in their order; these are then not drawn."""


def body(stack: Watched) -> dict[str, Any]:
    """Return the dashboard's body, two graphs a row."""
    widgets = [
        {
            "type": "metric",
            "x": n % 2 * HALF,
            "y": n // 2 * HEIGHT,
            "width": HALF,
            "height": HEIGHT,
            "properties": _properties(graph, stack.settings.region),
        }
        for n, graph in enumerate(_graphs(stack))
    ]
    return {"widgets": widgets}


def _graphs(stack: Watched) -> Iterator[_Graph]:
    yield from _of_reports(stack)
    yield from _of_ways(stack)
    yield from _of_costs(stack)


def _of_reports(stack: Watched) -> Iterator[_Graph]:
    ended = [(state.value.lower(), stack.counted(REPORTS_ENDED, **{STATE: state.value})) for state in sorted(TERMINAL)]
    codes = [(code.value, stack.counted(REPORTS_ENDED, **{CODE: code.value})) for code in FailureCode]
    time = stack.counted(TIME_TO_LINK)
    age = stack.of_function("worker", "AsyncEventAge")
    yield _Graph(title="Reports asked for and ended", lines=[("asked for", stack.counted(REPORTS_ASKED)), *ended])
    yield _Graph(title="Failed reports by reason", lines=codes)
    yield _Graph(title="Seconds to the link", lines=[("p50", time.by("p50")), ("p95", time.by("p95"))])
    yield _Graph(title="Rows", lines=[("all", stack.counted(ROWS)), ("largest", stack.counted(ROWS).by("Maximum"))])
    yield _Graph(title="Seconds until a worker began", lines=[("p95", stack.counted(QUEUE_AGE).by("p95"))])
    yield _Graph(title="Age of events, ms", lines=[("oldest", age.by("Maximum"))])


def _of_ways(stack: Watched) -> Iterator[_Graph]:
    functions = stack.functions.all()
    opened = [("opened", stack.counted(CONNECTIONS_OPENED)), ("attempts let in", stack.of_websocket("ConnectCount"))]
    refusals = [
        *((name, stack.of_websocket(name)) for name in ("ClientError", "IntegrationError", "ExecutionError")),
        *((name, stack.of_http(name)) for name in ("4xx", "5xx")),
    ]
    errors = [
        *((f"{name}: errors", stack.of_function(name, "Errors")) for name in functions),
        *((f"{name}: error lines", stack.error_lines(name)) for name in functions),
        *((f"{name}: throttles", stack.of_function(name, "Throttles")) for name in functions),
    ]
    running = [(name, stack.of_function(name, "ConcurrentExecutions").by("Maximum")) for name in functions]
    yield _Graph(title="Connections", lines=opened)
    yield _Graph(title="Refused or failed by the APIs", lines=refusals)
    yield _Graph(title="Errors of functions", lines=errors)
    yield _Graph(title="Functions at work at once", lines=running)


def _of_costs(stack: Watched) -> Iterator[_Graph]:
    storage = stack.storage
    durations = [(name, stack.of_function(name, "Duration")) for name in stack.functions.all()]
    gb_seconds = {
        name: f"m{n} / 1000 * {function.memory_mb} / 1024"
        for n, (name, function) in enumerate(stack.functions.all().items())
    }
    messages = [("messages", stack.of_websocket("MessageCount")), ("requests", stack.of_http("Count"))]
    units = [
        *(
            (f"{name}: {kind}", stack.of_table(table, f"Consumed{kind}CapacityUnits", index))
            for name, table, index in (
                ("connections", storage.connections, None),
                ("reports", storage.reports, None),
                ("reports by owner", storage.reports, OWNER_INDEX),
                ("reports under way", storage.reports, ACTIVE_INDEX),
            )
            for kind in ("Read", "Write")
        )
    ]
    yield _Graph(title="GB-seconds of functions", lines=durations, sums=gb_seconds)
    yield _Graph(title="Messages and requests", lines=messages)
    yield _Graph(title="Units of tables", lines=units)
    if stack.settings.distributed_engine != "none":
        scanned = stack.counted(BYTES_SCANNED)
        yield _Graph(title="Bytes read by queries", lines=[("all", scanned), ("largest", scanned.by("Maximum"))])


def _properties(graph: _Graph, region: str) -> dict[str, Any]:
    drawn = not graph.sums
    metrics = [_line(f"m{n}", label, metric, is_drawn=drawn) for n, (label, metric) in enumerate(graph.lines)]
    sums = [[{"expression": expression, "label": label}] for label, expression in graph.sums.items()]
    return {
        "title": graph.title,
        "region": region,
        "view": "timeSeries",
        "period": PERIOD_S,
        "metrics": [*metrics, *sums],
    }


def _line(id_: str, label: str, metric: Metric, *, is_drawn: bool) -> list[Any]:
    dimensions = [part for name, value in metric.dimensions.items() for part in (name, value)]
    options = {"id": id_, "label": label, "stat": metric.statistic, "visible": is_drawn}
    return [metric.namespace, metric.name, *dimensions, options]
