"""What the dashboard shows."""

import json
import re
from typing import Any

import pytest

from backend.domain.counters import BYTES_SCANNED, COUNTERS
from infra.local.recording.graph import Graph
from tests.infra.conftest import of_type
from tests.infra.operations import known_metrics


@pytest.fixture(scope="module")
def widgets(athena_graph: Graph) -> list[dict[str, Any]]:
    (dashboard,) = of_type(athena_graph, "cloudwatch/dashboard:Dashboard").values()
    assert dashboard.inputs["dashboardName"] == "reportwire-local"
    found: list[dict[str, Any]] = json.loads(dashboard.inputs["dashboardBody"])["widgets"]
    return found


def test_every_metric_is_one_that_there_is(athena_graph: Graph, widgets: list[dict[str, Any]]) -> None:
    named = [metric for widget in widgets for metric in known_metrics.of_widget(widget["properties"])]
    assert len(named) > 40
    assert known_metrics.unknown(athena_graph, named) == []


def test_every_counter_is_drawn(widgets: list[dict[str, Any]]) -> None:
    drawn = {metric.name for widget in widgets for metric in known_metrics.of_widget(widget["properties"])}
    assert set(COUNTERS) <= drawn


def test_bytes_of_queries_are_drawn_where_there_is_an_engine(graph: Graph) -> None:
    (dashboard,) = of_type(graph, "cloudwatch/dashboard:Dashboard").values()
    assert BYTES_SCANNED not in dashboard.inputs["dashboardBody"]


def test_sums_are_of_lines_that_there_are(widgets: list[dict[str, Any]]) -> None:
    for widget in widgets:
        lines = [line[-1] for line in widget["properties"]["metrics"]]
        ids = [options["id"] for options in lines if "id" in options]
        assert len(set(ids)) == len(ids)
        used = {name for options in lines for name in re.findall(r"m\d+", options.get("expression", ""))}
        assert used <= set(ids)


def test_gb_seconds_are_those_of_the_declared_memory(athena_graph: Graph, widgets: list[dict[str, Any]]) -> None:
    (widget,) = [each for each in widgets if each["properties"]["title"].startswith("GB-seconds")]
    sums = [line[0] for line in widget["properties"]["metrics"] if "expression" in line[0]]
    memory = {each["label"]: int(each["expression"].split(" * ")[1].split(" ")[0]) for each in sums}
    functions = of_type(athena_graph, "lambda/function:Function")
    assert memory == {name: function.inputs["memorySize"] for name, function in functions.items()}


def test_widgets_do_not_overlap(widgets: list[dict[str, Any]]) -> None:
    places = [(each["x"], each["y"]) for each in widgets]
    assert len(set(places)) == len(places)
    assert all(each["x"] + each["width"] <= 24 and each["properties"]["region"] == "us-east-1" for each in widgets)
