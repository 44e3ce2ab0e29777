"""The metrics of a stack: those that AWS keeps of its parts, and those of its own.

parts of the stack ──▶ **Watched** ── metrics ──▶ alarms, dashboard
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pulumi import Input, Output
from pulumi_aws import apigatewayv2, dynamodb

from infra.backend_functions import BackendFunctions
from infra.http_api import HttpApi
from infra.settings import Settings
from infra.storage import Storage
from infra.websocket_api import WebSocketApi


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric and the statistic of it that is looked at."""

    namespace: str
    name: str
    dimensions: Mapping[str, Input[str]]
    statistic: str = "Sum"

    def by(self, statistic: str) -> "Metric":
        """Return the same metric with another statistic."""
        return replace(self, statistic=statistic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The parts of a stack that have metrics."""

    settings: Settings
    functions: BackendFunctions
    websocket: WebSocketApi
    http: HttpApi
    storage: Storage

    def of_function(self, function: str, name: str) -> Metric:
        """Return a metric of a function, of all its versions together; times are in milliseconds.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        dimensions = {"FunctionName": self.functions.all()[function].name}
        return Metric(namespace="AWS/Lambda", name=name, dimensions=dimensions)

    def of_websocket(self, name: str) -> Metric:
        """Return a metric of the WebSocket API.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
        """
        return _of_stage(self.websocket.stage, name)

    def of_http(self, name: str) -> Metric:
        """Return a metric of the HTTP API.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
        """
        return _of_stage(self.http.stage, name)

    def of_table(self, table: dynamodb.Table, name: str, index: str | None = None) -> Metric:
        """Return a metric of a table without its indexes, or of one of these.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
        """
        of_index = {"GlobalSecondaryIndexName": index} if index else {}
        return Metric(namespace="AWS/DynamoDB", name=name, dimensions={"TableName": table.name, **of_index})

    def counted(self, name: str, **fields: str) -> Metric:
        """Return a metric of `backend.domain.counters`, of the lines with those fields."""
        return Metric(namespace=self.settings.metrics_namespace, name=name, dimensions=fields)

    def error_lines(self, function: str) -> Metric:
        """Return how many lines of a function's log are of level ERROR."""
        return Metric(namespace=self.settings.metrics_namespace, name=f"ErrorLines-{function}", dimensions={})


def _of_stage(stage: apigatewayv2.Stage, name: str) -> Metric:
    dimensions: dict[str, Output[str]] = {"ApiId": stage.api_id, "Stage": stage.name}
    return Metric(namespace="AWS/ApiGateway", name=name, dimensions=dimensions)
