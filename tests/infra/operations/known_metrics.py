"""The metrics that there can be: those that AWS keeps, and those that a stack makes.

graph, counters ──▶ **known** ◀── what alarms and the dashboard name
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from backend.domain.counters import COUNTERS
from infra.local.recording.graph import Graph
from tests.infra.conftest import of_type

OF_AWS: Mapping[tuple[str, frozenset[str]], frozenset[str]] = {
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    ("AWS/Lambda", frozenset({"FunctionName"})): frozenset(
        {
            *("Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"),
            *("AsyncEventAge", "AsyncEventsReceived", "AsyncEventsDropped", "DestinationDeliveryFailures"),
        }
    ),
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    ("AWS/DynamoDB", frozenset({"TableName"})): frozenset({"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"}),
    ("AWS/DynamoDB", frozenset({"TableName", "GlobalSecondaryIndexName"})): frozenset(
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"}
    ),
}
OF_APIS: Mapping[str, frozenset[str]] = {
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
    "reportwire": frozenset(
        {"ConnectCount", "MessageCount", "IntegrationError", "ClientError", "ExecutionError", "IntegrationLatency"}
    ),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    "reportwire-http": frozenset({"4xx", "5xx", "Count", "IntegrationLatency", "Latency", "DataProcessed"}),
}
"""Of `AWS/ApiGateway`, with the dimensions ApiId and Stage, by the name of the API."""


class Named(NamedTuple):
    """A metric that somebody names."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]


def of_alarm(inputs: Mapping[str, Any]) -> Iterator[Named]:
    """Yield the metrics that an alarm watches."""
    if "metricName" in inputs:
        yield Named(inputs["namespace"], inputs["metricName"], inputs.get("dimensions", {}))
    for metric in (query["metric"] for query in inputs.get("metricQueries", ()) if "metric" in query):
        yield Named(metric["namespace"], metric["metricName"], metric.get("dimensions", {}))


def of_widget(properties: Mapping[str, Any]) -> Iterator[Named]:
    """Yield the metrics of a dashboard's widget."""
    for line in properties["metrics"]:
        if isinstance(line[0], str):
            namespace, name, *dimensions, _ = line
            yield Named(namespace, name, dict(zip(dimensions[::2], dimensions[1::2], strict=True)))


def unknown(graph: Graph, named: Sequence[Named]) -> list[Named]:
    """Return the metrics that nobody keeps, or not of such a thing."""
    return [metric for metric in named if not _is_known(graph, metric)]


def _is_known(graph: Graph, metric: Named) -> bool:
    if metric.namespace == "AWS/ApiGateway":
        return _is_of_api(graph, metric)
    if metric.namespace.startswith("AWS/"):
        names = OF_AWS.get((metric.namespace, frozenset(metric.dimensions)), frozenset())
        return metric.name in names and all(map(_is_reference_or_index, metric.dimensions.items()))
    return _is_of_line(metric) or _is_of_filter(graph, metric)


def _is_of_api(graph: Graph, metric: Named) -> bool:
    stages = of_type(graph, "apigatewayv2/stage:Stage").values()
    is_of_stage = metric.dimensions in [
        {"ApiId": each.inputs["apiId"], "Stage": each.inputs["name"]} for each in stages
    ]
    api = metric.dimensions["ApiId"].partition("::")[2].removesuffix(".id>")
    return is_of_stage and metric.name in OF_APIS[api]


def _is_reference_or_index(dimension: tuple[str, str]) -> bool:
    name, value = dimension
    return name == "GlobalSecondaryIndexName" or value.startswith("<aws:")


def _is_of_line(metric: Named) -> bool:
    counter = COUNTERS.get(metric.name)
    is_divided = counter is not None and set(metric.dimensions) <= set(counter.divided_by)
    return metric.namespace == "Reportwire/local" and is_divided and len(metric.dimensions) <= 1


def _is_of_filter(graph: Graph, metric: Named) -> bool:
    filters = of_type(graph, "cloudwatch/logMetricFilter:LogMetricFilter").values()
    made = [each.inputs["metricTransformation"] for each in filters]
    return not metric.dimensions and (metric.namespace, metric.name) in [(m["namespace"], m["name"]) for m in made]
