"""What rings, for whom, and what it says."""

import re
from pathlib import Path
from typing import Any

import pytest

from backend.engine.distributed.failures import FAILURES
from infra.bundle import ROOT
from infra.local.recording.graph import Graph, Resource
from infra.local.recording.recorded import CONFIG, record
from tests.infra.conftest import of_type
from tests.infra.operations import known_metrics
from tests.infra.operations.known_metrics import Named

FUNCTIONS = ("router", "http-router", "worker", "failures", "events", "synchronous")
NOT_THE_ENGINE_S = {"definitionerror", "timedout", "outofmemory"}
"""Codes of failures of a report's own, with an engine as without one."""
TOPIC = "arn:aws:sns:us-east-1:123456789012:oncall"


def alarms_of(graph: Graph) -> dict[str, Resource]:
    return of_type(graph, "cloudwatch/metricAlarm:MetricAlarm")


@pytest.fixture(scope="module")
def alarms(athena_graph: Graph) -> dict[str, Resource]:
    return alarms_of(athena_graph)


def test_alarms_on_an_engine_are_for_stacks_that_have_one(graph: Graph, alarms: dict[str, Resource]) -> None:
    assert alarms.keys() - alarms_of(graph).keys() == {"reports-engineunavailable", "reports-scanlimit"}


@pytest.mark.parametrize("name", ["reports-engineunavailable", "reports-scanlimit"])
def test_every_failure_that_is_the_engine_s_rings_one_of_them(alarms: dict[str, Resource], name: str) -> None:
    (metric,) = watched(alarms[name])
    told = {failure.code.lower() for failure in FAILURES.values()} - NOT_THE_ENGINE_S
    assert metric.name == "ReportsEnded"
    assert metric.dimensions["code"].lower() == name.removeprefix("reports-")
    assert told == {"engineunavailable", "scanlimit"}


def watched(alarm: Resource) -> list[Named]:
    return list(known_metrics.of_alarm(alarm.inputs))


def test_alarms_are_told_to_a_topic_without_a_key_and_so_is_their_end(
    graph: Graph, alarms: dict[str, Resource]
) -> None:
    (topic,) = of_type(graph, "sns/topic:Topic").values()
    assert "kmsMasterKeyId" not in topic.inputs
    told = [f"<{topic.key}.arn>"]
    assert all(alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == told for alarm in alarms.values())
    (subscription,) = of_type(graph, "sns/topicSubscription:TopicSubscription").values()
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "oncall@example.com")


@pytest.mark.slow
def test_topic_of_the_operator_s_takes_the_place_of_the_stack_s() -> None:
    graph = record({**CONFIG, "reportwire:alarmTopicArn": TOPIC, "reportwire:monthlyBudgetUsd": "50"})
    assert of_type(graph, "sns/topic:Topic") == of_type(graph, "sns/topicSubscription:TopicSubscription") == {}
    told = [alarm.inputs["alarmActions"] + alarm.inputs["okActions"] for alarm in alarms_of(graph).values()]
    assert all(each == [TOPIC, TOPIC] for each in told)
    (budget,) = of_type(graph, "budgets/budget:Budget").values()
    assert all(each["subscriberSnsTopicArns"] == [TOPIC] for each in budget.inputs["notifications"])


def test_every_metric_is_one_that_there_is(athena_graph: Graph, alarms: dict[str, Resource]) -> None:
    named = [metric for alarm in alarms.values() for metric in watched(alarm)]
    assert len(named) > len(FUNCTIONS) * 3
    assert known_metrics.unknown(athena_graph, named) == []


@pytest.mark.parametrize(
    "named",
    [
        Named("AWS/Lambda", "Error", {"FunctionName": "<aws:x.name>"}),
        Named("AWS/Lambda", "Errors", {"Function": "<aws:x.name>"}),
        Named("AWS/ApiGateway", "4XXError", {"ApiId": "<aws:apigatewayv2/api:Api::reportwire.id>", "Stage": "local"}),
        Named("AWS/ApiGateway", "4xx", {"ApiId": "<aws:apigatewayv2/api:Api::reportwire.id>", "Stage": "local"}),
        Named("AWS/ApiGateway", "4xx", {"ApiId": "<aws:apigatewayv2/api:Api::reportwire-http.id>", "Stage": "local"}),
        Named("Reportwire/local", "ReportsEnded", {"owner": "anna"}),
        Named("Reportwire/local", "ErrorLines-nobody", {}),
        Named("Reportwire", "ReportsEnded", {}),
    ],
)
def test_metric_that_nobody_keeps_is_noticed(graph: Graph, named: Named) -> None:
    assert known_metrics.unknown(graph, [named]) == [named]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_filter_for_lines_of_errors_and_an_alarm_on_it(
    graph: Graph, alarms: dict[str, Resource], name: str
) -> None:
    filtered = of_type(graph, "cloudwatch/logMetricFilter:LogMetricFilter")[f"{name}-error-lines"].inputs
    logging = of_type(graph, "lambda/function:Function")[name].inputs["loggingConfig"]
    assert filtered["logGroupName"] == logging["logGroup"]
    counted = filtered["metricTransformation"]
    assert watched(alarms[f"{name}-error-lines"]) == [Named(counted["namespace"], counted["name"], {})]
    assert (counted["value"], alarms[f"{name}-error-lines"].inputs["threshold"]) == ("1", 0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_alarms_on_errors_and_all_but_the_worker_on_throttles(
    alarms: dict[str, Resource], name: str
) -> None:
    """Events of the worker that find no room wait, which is how it is meant."""
    function = {"FunctionName": f"<aws:lambda/function:Function::{name}.name>"}
    assert watched(alarms[f"{name}-errors"]) == [Named("AWS/Lambda", "Errors", function)]
    assert (f"{name}-throttles" in alarms) == (name != "worker")


@pytest.mark.parametrize(
    ("name", "metric", "statistic", "threshold"),
    [
        ("worker-asynceventsdropped", "AsyncEventsDropped", "Sum", 0),
        ("worker-destinationdeliveryfailures", "DestinationDeliveryFailures", "Sum", 0),
        ("worker-asynceventage", "AsyncEventAge", "Maximum", 900_000),
        ("worker-duration", "Duration", "Maximum", 720_000),
        ("failures-invocations", "Invocations", "Sum", 0),
        ("websocket-executionerror", "ExecutionError", "Sum", 0),
        ("http-5xx", "5xx", "Sum", 0),
    ],
)
def test_alarm_rings_from_there_on(
    alarms: dict[str, Resource], name: str, metric: str, statistic: str, threshold: float
) -> None:
    inputs = alarms[name].inputs
    assert (inputs["metricName"], inputs["statistic"], inputs["threshold"]) == (metric, statistic, threshold)
    assert inputs["comparisonOperator"] == "GreaterThanThreshold"


def test_missing_data_ring_no_alarm(alarms: dict[str, Resource]) -> None:
    assert {alarm.inputs["treatMissingData"] for alarm in alarms.values()} == {"notBreaching"}


def share(alarm: Resource, values: dict[str, float]) -> float:
    """Return what a computed metric is where its metrics, by id, have these values; the others have none."""
    (expression,) = [query["expression"] for query in alarm.inputs["metricQueries"] if query.get("returnData")]

    ids = {query["id"]: values.get(query["id"], 0) for query in alarm.inputs["metricQueries"]}
    functions = {"FILL": lambda value, _: value, "IF": lambda is_met, value, other: value if is_met else other}
    try:
        return float(eval(expression, {**functions, **ids}))
    except ZeroDivisionError:
        return 0.0  # no value, which rings no alarm either


@pytest.mark.parametrize(
    ("name", "values", "rings"),
    [
        ("reports-internal", {"part": 1, "whole0": 4}, False),
        ("reports-internal", {"part": 1, "whole0": 5}, False),
        ("reports-internal", {"part": 2, "whole0": 9}, True),
        ("reports-internal", {"whole0": 100}, False),
        ("reports-internal", {}, False),
        ("websocket-clienterror", {"part": 49, "whole0": 49}, False),
        ("websocket-clienterror", {"part": 50, "whole0": 50}, True),
        ("websocket-clienterror", {"part": 50, "whole0": 50, "whole1": 50}, False),
        ("http-4xx", {"part": 50, "whole0": 60}, True),
        ("http-4xx", {"part": 50, "whole0": 1000}, False),
        ("http-4xx", {"part": 20, "whole0": 20}, False),
    ],
)
def test_share_rings_for_many_that_are_most(
    alarms: dict[str, Resource],
    name: str,
    values: dict[str, float],
    rings: bool,  # noqa: FBT001  a case
) -> None:
    assert (share(alarms[name], values) > alarms[name].inputs["threshold"]) == rings


@pytest.mark.parametrize("name", ["websocket-clienterror", "websocket-integrationerror", "http-4xx"])
def test_refusals_ring_only_when_they_last(alarms: dict[str, Resource], name: str) -> None:
    assert alarms[name].inputs["evaluationPeriods"] == 3


def test_budget_is_that_of_the_stack_and_told_to_who_hears_alarms(graph: Graph) -> None:
    (budget,) = of_type(graph, "budgets/budget:Budget").values()
    assert budget.inputs["costFilters"] == [{"name": "TagKeyValue", "values": ["user:stack$local"]}]
    assert (budget.inputs["limitAmount"], budget.inputs["timeUnit"]) == ("50", "MONTHLY")
    heard = [each["subscriberEmailAddresses"] for each in budget.inputs["notifications"]]
    assert heard == [["oncall@example.com"]] * 2


def test_there_is_no_budget_unless_one_is_set(plain_graph: Graph) -> None:
    assert of_type(plain_graph, "budgets/budget:Budget") == {}


# --- what is said ---


def documented() -> dict[str, str]:
    """Return the README's rows: an alarm's name, and its two sentences."""
    rows = re.findall(
        r"^\| `([\w-]+)` \| (.+?) \| (.+?) \|$", section(Path(ROOT / "README.md").read_text()), re.MULTILINE
    )
    return {name: f"{meaning} {first}" for name, meaning, first in rows}


def section(text: str) -> str:
    return text.partition("\n### When an alarm rings\n")[2].partition("\n#")[0]


def general(name: str) -> str:
    """Return the name of a row: those of all functions share one."""
    function = next((each for each in sorted(FUNCTIONS, key=len, reverse=True) if name.startswith(f"{each}-")), "")
    ending = name.removeprefix(f"{function}-")
    return f"FUNCTION-{ending}" if ending in {"errors", "error-lines", "throttles"} else name


def test_readme_says_of_every_alarm_what_it_says_itself(alarms: dict[str, Resource]) -> None:
    said: dict[str, Any] = {general(name): alarm.inputs["alarmDescription"] for name, alarm in alarms.items()}
    assert documented() == {name: text.replace('"', "`") for name, text in said.items()}


def test_alarm_says_what_it_means_and_the_first_thing_to_do(alarms: dict[str, Resource]) -> None:
    for name, alarm in alarms.items():
        description = alarm.inputs["alarmDescription"]
        assert re.fullmatch(r"[A-Z][^.]+(\.\w[^.]+)*\. [A-Z][^.]+(\.\w[^.]+)*\.", description), (name, description)
        assert len(description) <= 1024
