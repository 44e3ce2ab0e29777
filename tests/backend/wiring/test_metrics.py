"""Counted lines are documents of the embedded metric format, through our formatter and through Lambda's."""

import json
import logging
from typing import Any

import jsonschema_rs
import pytest

from backend.domain.counters import COUNTERS
from backend.wiring.logs import JsonFormatter
from backend.wiring.metrics import EmbeddedMetrics

NAMES = {"type": "array", "maxItems": 30, "items": {"type": "string", "minLength": 1}}
METRIC = {
    "type": "object",
    "required": ["Name"],
    "properties": {
        "Name": {"type": "string", "minLength": 1, "maxLength": 1024},
        "Unit": {"enum": ["Seconds", "Count", "Bytes"]},
    },
    "additionalProperties": False,
}
DIRECTIVE = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "properties": {
        "Namespace": {"type": "string", "minLength": 1, "maxLength": 1024},
        "Dimensions": {"type": "array", "minItems": 1, "items": NAMES},
        "Metrics": {"type": "array", "maxItems": 100, "items": METRIC},
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {"type": "array", "items": DIRECTIVE},
            },
            "additionalProperties": False,
        }
    },
}
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""

ENDED = {"ReportsEnded": 1, "state": "FAILED", "code": "internal", "definition": "sample", "QueueAge": 0.5}


def line(**extra: Any) -> dict[str, Any]:
    record = logging.makeLogRecord({"name": "backend.x", "levelname": "INFO", "msg": "report ended", **extra})
    record.created = 1.5
    assert EmbeddedMetrics("Reportwire/dev").filter(record)
    written: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return written


def published(document: dict[str, Any]) -> list[tuple[str, dict[str, str], float]]:
    """Return what CloudWatch makes of a document: each metric's name, dimensions and value."""
    return [
        (metric["Name"], {name: document[name] for name in names}, document[metric["Name"]])
        for directive in document["_aws"]["CloudWatchMetrics"]
        for names in directive["Dimensions"]
        for metric in directive["Metrics"]
    ]


def test_counted_line_is_a_document_of_the_format() -> None:
    written = line(reportId="r-1", **ENDED)
    jsonschema_rs.validate(SCHEMA, written)
    assert written["_aws"]["Timestamp"] == 1500
    assert {each["Namespace"] for each in written["_aws"]["CloudWatchMetrics"]} == {"Reportwire/dev"}
    assert (written["message"], written["level"], written["reportId"]) == ("report ended", "INFO", "r-1")


def test_report_is_counted_whole_and_by_each_of_its_sides() -> None:
    assert published(line(**ENDED)) == [
        ("ReportsEnded", {}, 1),
        ("ReportsEnded", {"state": "FAILED"}, 1),
        ("ReportsEnded", {"code": "internal"}, 1),
        ("ReportsEnded", {"definition": "sample"}, 1),
        ("QueueAge", {}, 0.5),
    ]


def test_dimension_that_the_line_lacks_is_left_out() -> None:
    succeeded = {name: value for name, value in ENDED.items() if name != "code"}
    assert {"code": "internal"} not in [dimensions for _, dimensions, _ in published(line(**succeeded))]


def test_line_that_counts_nothing_is_left_as_it_is() -> None:
    assert "_aws" not in line(reportId="r-1", state="RUNNING")


@pytest.mark.parametrize("name", COUNTERS)
def test_every_counter_makes_a_document(name: str) -> None:
    written = line(**{name: 1})
    jsonschema_rs.validate(SCHEMA, written)
    assert published(written) == [(name, {}, 1)]


def test_values_stay_what_they_are() -> None:
    """Lambda's own formatter writes them as JSON too; a number in quotes would not be counted."""
    written = line(rows=7, share=0.5, ended=True, at=("x",))
    assert (written["rows"], written["share"], written["ended"], written["at"]) == (7, 0.5, True, ["x"])
