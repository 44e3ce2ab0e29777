"""Applying a graph, without an emulator."""

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from infra.local import differences
from infra.local.applying.apply import APPLIERS, apply
from infra.local.applying.inputs import Inputs, pascal
from infra.local.errors import UnsupportedResource
from infra.local.recording.graph import Graph, Resource


class RecordedCalls:
    """Stands for any boto3 client: notes the calls and answers with one bucket's worth of nothing."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, service: str) -> "RecordedCalls":
        return self

    def __getattr__(self, name: str) -> Any:
        return lambda **arguments: self.calls.append((name, arguments))


def graph_of(*resources: Resource) -> Graph:
    return Graph(resources=resources, outputs={})


def test_every_declared_type_is_applied_or_known_to_have_no_counterpart(
    graph: Graph, token_graph: Graph, athena_graph: Graph, trino_graph: Graph
) -> None:
    types = {each.type for found in (graph, token_graph, athena_graph, trino_graph) for each in found.resources}
    assert types <= APPLIERS.keys() | differences.NO_COUNTERPART.keys()
    assert not APPLIERS.keys() & differences.NO_COUNTERPART.keys()


def test_unknown_type_is_listed_before_anything_is_made() -> None:
    aws = RecordedCalls()
    known = Resource(type="aws:s3/bucket:Bucket", name="reports", inputs={"tags": {}})
    unknown = Resource(type="aws:sqs/queue:Queue", name="queue", inputs={})
    with pytest.raises(UnsupportedResource, match="aws:sqs/queue:Queue"):
        apply(graph_of(known, unknown), aws, {})
    assert aws.calls == []


def test_unknown_input_is_listed() -> None:
    bucket = Resource(type="aws:s3/bucket:Bucket", name="reports", inputs={"tags": {}, "website": {}})
    with pytest.raises(UnsupportedResource, match=r"Bucket::reports: not applied locally: website"):
        apply(graph_of(bucket), RecordedCalls(), {})


def test_inputs_know_what_nobody_read() -> None:
    inputs = Inputs({"a": 1, "b": 2})
    assert inputs["a"] == 1
    assert inputs.get("c", 3) == 3
    assert inputs.unread() == ["b"]


def test_nested_inputs_get_the_names_of_boto3() -> None:
    rules = [{"id": "x", "expiration": {"days": 1}, "applyDefault": {"sseAlgorithm": "AES256"}}]
    assert pascal(rules) == [{"ID": "x", "Expiration": {"Days": 1}, "ApplyDefault": {"SSEAlgorithm": "AES256"}}]


def test_workgroup_s_configuration_is_one_that_athena_knows_with_a_key_too() -> None:
    encryption = {"encryptionOption": "SSE_KMS", "kmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/1a2b"}
    configuration = {
        "enforceWorkgroupConfiguration": True,
        "publishCloudwatchMetricsEnabled": True,
        "bytesScannedCutoffPerQuery": 10**9,
        "engineVersion": {"selectedEngineVersion": "Athena engine version 3"},
        "resultConfiguration": {"outputLocation": "s3://reports/athena/", "encryptionConfiguration": encryption},
    }
    shape = get_session().get_service_model("athena").shape_for("WorkGroupConfiguration")
    assert not ParamValidator().validate(pascal(configuration), shape).has_errors()
