"""Outages, planted on the emulator: of each, an alarm would hear."""

import io
import json
import re
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backend.aws.report_items import decode_report
from backend.domain.report import Report
from backend.protocol.lifecycle import State, is_terminal
from infra import bundle
from infra.local import backend
from infra.local.backend import LocalBackend
from infra.local.recording.graph import Graph
from tests.flows.permissions.test_permissions import without
from tests.infra.conftest import of_type
from tests.limits import HANG_S

pytestmark = pytest.mark.slow

BROKEN_SQL = """/*
title = "Broken"
description = "Its SELECT is wrong."
datasets = ["flights"]
order = ["missing"]
row_limit = 10
*/
SELECT missing FROM flights
"""
PATTERN = re.compile(r'\{ \$\.(\w+) = "(\w+)" \}')
CONNECTION = "outages"


def matches(pattern: str, line: str) -> bool:
    """Return whether a filter pattern of the one form that is used matches a line, as CloudWatch does.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    read = PATTERN.fullmatch(pattern)
    assert read, f"{pattern} is of a form that nothing here reads"
    try:
        document = json.loads(line)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get(read[1]) == read[2]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"level": "ERROR", "message": "x"}', True),
        ('{"level": "INFO", "message": "ERROR"}', False),
        ('{"message": {"level": "ERROR"}}', False),
        ('"level = ERROR"', False),
        ("ERROR", False),
    ],
)
def test_pattern_is_read_as_cloudwatch_reads_it(line: str, expected: bool) -> None:  # noqa: FBT001  a case
    assert matches('{ $.level = "ERROR" }', line) == expected


@dataclass
class Stack:
    """The local backend, its logs, and what it declares."""

    local: LocalBackend
    graph: Graph
    cache: Path
    _seen: set[str] = field(default_factory=set)

    def client(self, service: str) -> Any:
        return self.local.client(service)

    def function(self, name: str) -> str:
        return str(self.local.outputs[f"{name}Function"])

    def log_group(self, name: str) -> str:
        return f"reportwire-{name}"

    def lines(self, function: str) -> list[str]:
        """Return the lines that a function has logged, but for those that were returned before."""
        found = self.client("logs").filter_log_events(logGroupName=self.log_group(function))["events"]
        new = [event for event in found if event["logStreamName"] not in self._seen]  # a stream each invocation
        self._seen |= {event["logStreamName"] for event in new}
        return [event["message"] for event in new]

    def rung(self, functions: Sequence[str]) -> set[str]:
        """Return the alarms on lines of errors that lines logged since the last call would ring."""
        filters = of_type(self.graph, "cloudwatch/logMetricFilter:LogMetricFilter").values()
        counted = set()
        for function in functions:
            lines = self.lines(function)
            for each in self.client("logs").describe_metric_filters(logGroupName=self.log_group(function))[
                "metricFilters"
            ]:
                if any(matches(each["filterPattern"], line) for line in lines):
                    counted |= {made["metricName"] for made in each["metricTransformations"]}
        declared = {each.inputs["metricTransformation"]["name"] for each in filters}
        assert counted <= declared
        alarms = of_type(self.graph, "cloudwatch/metricAlarm:MetricAlarm")
        return {name for name, alarm in alarms.items() if alarm.inputs.get("metricName") in counted}

    def counted(self, functions: Sequence[str]) -> list[dict[str, Any]]:
        """Return the lines of the embedded metric format that say that a report has ended."""
        documents = [json.loads(line) for name in functions for line in self.lines(name) if '"_aws"' in line]
        return [document for document in documents if "ReportsEnded" in document]

    def send(self, definition: str, **parameters: Any) -> str:
        """Have the router carry out a message, as API Gateway would, and return the report's id."""
        report_id = str(uuid.uuid4())
        data = {"reportId": report_id, "definition": definition, "parameters": parameters}
        self.route("MESSAGE", json.dumps({"action": "generateReport", "data": data}))
        return report_id

    def route(self, kind: str, body: str = "") -> None:
        identity = {"userArn": "arn:aws:iam::000000000000:user/anna", "accessKey": "AKIAANNA"}
        context = {"eventType": kind, "connectionId": CONNECTION, "identity": identity}
        signed = {"authorization": "AWS4-HMAC-SHA256 Credential=AKIAANNA/20261129/us-east-1/execute-api/aws4_request"}
        event = {"requestContext": context, "body": body, "headers": signed}
        done = self.client("lambda").invoke(FunctionName=self.function("router"), Payload=json.dumps(event))
        assert "FunctionError" not in done, done["Payload"].read()
        assert json.load(done["Payload"])["statusCode"] == 200

    def until_ended(self, report_id: str) -> Report:
        table = self.local.outputs["reportsTable"]
        end = time.monotonic() + HANG_S
        while time.monotonic() < end:
            row = self.client("dynamodb").get_item(TableName=table, Key={"reportId": {"S": report_id}})["Item"]
            if is_terminal((report := decode_report(row)).state):
                return report
            time.sleep(0.05)
        raise TimeoutError(report_id)


@pytest.fixture(scope="module")
def stack(cache: Path, plain_graph: Graph) -> Iterator[Stack]:
    """A backend of its own, as its parts are taken away."""
    with backend.running(cache_dir=cache / "reportwire") as local:
        stack = Stack(local, plain_graph, cache / "reportwire")
        stack.route("CONNECT")
        yield stack


@contextmanager
def bucket_gone(stack: Stack, output: str) -> Iterator[None]:
    s3, bucket = stack.client("s3"), stack.local.outputs[output]
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", ())
    kept = {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed}
    versions = s3.list_object_versions(Bucket=bucket)  # of all there are: an object's deletion is one too
    for each in (*versions.get("Versions", ()), *versions.get("DeleteMarkers", ())):
        s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=bucket)
    try:
        yield
    finally:
        s3.create_bucket(Bucket=bucket)
        for key, data in kept.items():
            s3.put_object(Bucket=bucket, Key=key, Body=data)


@contextmanager
def reports_bucket_gone(stack: Stack) -> Iterator[None]:
    with bucket_gone(stack, "reportsBucket"):
        yield


@contextmanager
def datasets_bucket_gone(stack: Stack) -> Iterator[None]:
    with bucket_gone(stack, "datasetsBucket"):
        yield


@contextmanager
def grant_missing(stack: Stack) -> Iterator[None]:
    with without(stack.local, "s3:PutObject"):
        yield


@contextmanager
def sql_broken(stack: Stack) -> Iterator[None]:
    """Deploy a report whose SELECT is wrong, beside the others."""
    whole = bundle.build("host", stack.cache).read_bytes()
    changed = io.BytesIO(whole)
    with zipfile.ZipFile(changed, "a") as files:
        files.writestr("backend/reports/broken.sql", BROKEN_SQL)
    _deploy(stack, changed.getvalue())
    try:
        yield
    finally:
        _deploy(stack, whole)


def _deploy(stack: Stack, code: bytes) -> None:
    for name in ("router", "worker"):
        stack.client("lambda").update_function_code(FunctionName=stack.function(name), ZipFile=code)


Plant = Callable[[Stack], AbstractContextManager[None]]


def test_nothing_rings_while_reports_succeed(stack: Stack) -> None:
    stack.rung(["router", "worker"])  # what was logged before is not looked at again
    assert stack.until_ended(stack.send("sample", delay=0)).state is State.SUCCEEDED
    assert stack.rung(["router", "worker", "failures"]) == set()


def test_report_that_succeeds_is_counted_by_the_worker_once(stack: Stack) -> None:
    stack.lines("worker")
    report_id = stack.send("sample", delay=0, amountOfRows=7)
    stack.until_ended(report_id)
    (document,) = [each for each in until(lambda: stack.counted(["worker"])) if each["reportId"] == report_id]
    assert (document["state"], document["definition"], document["Rows"]) == ("SUCCEEDED", "sample", 7)
    assert document["TimeToLink"] >= document["QueueAge"] >= 0
    assert {each["Namespace"] for each in document["_aws"]["CloudWatchMetrics"]} == {"Reportwire/local"}


@pytest.mark.parametrize(
    ("plant", "definition", "parameters", "code"),
    [
        (reports_bucket_gone, "sample", {"delay": 0}, "internal"),
        (grant_missing, "sample", {"delay": 0}, "internal"),
        (datasets_bucket_gone, "worst-days", {}, "internal"),
        (sql_broken, "broken", {}, "definitionError"),
    ],
)
def test_outage_that_the_worker_answers_rings(
    stack: Stack, plant: Plant, definition: str, parameters: dict[str, Any], code: str
) -> None:
    stack.lines("worker")
    with plant(stack):
        report = stack.until_ended(stack.send(definition, **parameters))
        assert report.error is not None
        assert report.error.code == code
        assert until(lambda: stack.rung(["worker"])) == {"worker-error-lines"}


def until(look: Callable[[], Any]) -> Any:
    """Look until there is something: a line is written when its function has returned."""
    end = time.monotonic() + HANG_S
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_worker_that_is_gone_rings(stack: Stack) -> None:
    """The last test but one: nothing brings the worker back."""
    stack.client("lambda").delete_function(FunctionName=stack.function("worker"))
    report = stack.until_ended(stack.send("sample"))
    assert report.error is not None
    assert report.error.code == "internal"
    assert until(lambda: stack.rung(["router"])) == {"router-error-lines"}


def test_table_that_is_gone_rings_though_every_answer_is_a_success_to_lambda(stack: Stack) -> None:
    """The last test: nothing brings the table back."""
    stack.client("dynamodb").delete_table(TableName=stack.local.outputs["reportsTable"])
    stack.send("sample")
    assert until(lambda: stack.rung(["router"])) == {"router-error-lines"}
