"""What the program declares, as recorded."""

import importlib
import json
import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from backend.protocol.messages import ACTIONS
from backend.settings import FailuresSettings, RouterSettings, Settings, WorkerSettings
from infra.local.graph import REFERENCE, Graph, Resource

FUNCTIONS: dict[str, type[Settings]] = {
    "router": RouterSettings,
    "worker": WorkerSettings,
    "failures": FailuresSettings,
}


def of_type(graph: Graph, type_: str) -> dict[str, Resource]:
    return {resource.name: resource for resource in graph.resources if resource.type == f"aws:{type_}"}


def statements(graph: Graph) -> Iterator[tuple[str, dict[str, Any]]]:
    for type_ in ("iam/rolePolicy:RolePolicy", "iam/policy:Policy"):
        for name, resource in of_type(graph, type_).items():
            for statement in json.loads(resource.inputs["policy"])["Statement"]:
                yield name, statement


def granted(graph: Graph, function: str) -> dict[str, set[str]]:
    """Return the actions a function may take, by statement, besides writing its log."""
    return {
        statement["Sid"]: set(statement["Action"])
        for name, statement in statements(graph)
        if name == function and statement["Sid"] != "WriteOwnLog"
    }


def test_everything_comes_after_what_it_depends_on(graph: Graph) -> None:
    seen: set[str] = set()
    for resource in graph.resources:
        assert set(resource.dependencies) <= seen
        seen.add(resource.key)


def test_every_statement_names_its_actions_and_resources(graph: Graph) -> None:
    for name, statement in statements(graph):
        assert statement["Effect"] == "Allow", name
        assert not any("*" in action for action in statement["Action"]), name
        for resource in statement["Resource"]:
            assert resource.startswith("<aws:"), (name, resource)


def test_functions_may_do_what_the_backend_needs_and_no_more(graph: Graph) -> None:
    step = {"dynamodb:GetItem", "dynamodb:UpdateItem"}
    push = {"execute-api:ManageConnections"}
    assert granted(graph, "router") == {
        "KeepConnections": {*step, "dynamodb:PutItem", "dynamodb:DeleteItem"},
        "KeepReports": {*step, "dynamodb:PutItem"},
        "ListReports": {"dynamodb:Query"},
        "SignLinks": {"s3:GetObject"},
        "StartReports": {"lambda:InvokeFunction"},
        "Push": push,
    }
    assert granted(graph, "worker") == {
        "StepReports": step,
        "WriteFiles": {"s3:PutObject", "s3:AbortMultipartUpload", "s3:GetObject"},
        "ReportFailure": {"lambda:InvokeFunction"},
        "Push": push,
    }
    assert granted(graph, "failures") == {"StepReports": step, "Push": push}


def test_nothing_may_read_the_datasets_yet(graph: Graph) -> None:
    assert not [name for name, statement in statements(graph) if "datasets" in json.dumps(statement)]


def test_analysts_may_only_connect(graph: Graph) -> None:
    (policy,) = [statement for name, statement in statements(graph) if name == "connect"]
    assert policy["Action"] == ["execute-api:Invoke"]
    assert [resource.rsplit("/", 1)[-1] for resource in policy["Resource"]] == ["$connect"]


@pytest.mark.parametrize(("name", "settings"), FUNCTIONS.items())
def test_environment_is_what_the_function_reads(graph: Graph, name: str, settings: type[Settings]) -> None:
    function = of_type(graph, "lambda/function:Function")[name]
    variables = function.inputs["environment"]["variables"]
    assert set(variables) == set(settings.variables())
    settings.read(variables)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_exists(graph: Graph, name: str) -> None:
    module, attribute = of_type(graph, "lambda/function:Function")[name].inputs["handler"].rsplit(".", 1)
    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_writes_json_to_a_log_group_of_its_own(graph: Graph, name: str) -> None:
    logging = of_type(graph, "lambda/function:Function")[name].inputs["loggingConfig"]
    assert logging["logFormat"] == "JSON"
    assert logging["logGroup"] == f"<aws:cloudwatch/logGroup:LogGroup::{name}.name>"
    assert of_type(graph, "cloudwatch/logGroup:LogGroup")[name].inputs["retentionInDays"] > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_policy_is_there_before_its_function(graph: Graph, name: str) -> None:
    function = of_type(graph, "lambda/function:Function")[name]
    assert f"aws:iam/rolePolicy:RolePolicy::{name}" in function.dependencies
    assert of_type(graph, "iam/rolePolicy:RolePolicy")[name].inputs["name"] == name


def test_failed_worker_is_retried_once_and_then_told(graph: Graph) -> None:
    (config,) = of_type(graph, "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").values()
    assert config.inputs["maximumRetryAttempts"] == 1
    assert config.inputs["destinationConfig"] == {
        "onFailure": {"destination": "<aws:lambda/function:Function::failures.arn>"}
    }
    router = of_type(graph, "lambda/function:Function")["router"].inputs["environment"]["variables"]
    assert config.inputs["maximumEventAgeInSeconds"] == int(router["EVENT_MAX_AGE_S"])


def test_everything_taggable_is_tagged(graph: Graph) -> None:
    tagged = [resource for resource in graph.resources if is_taggable(resource)]
    assert len(tagged) > 20
    for resource in tagged:
        assert resource.inputs["tags"] == {"project": "reportwire", "stack": "local"}, resource.key


def is_taggable(resource: Resource) -> bool:
    """Tell from the provider's source: importing all of it takes seconds and warns."""
    service, _, names = resource.type.removeprefix("aws:").partition("/")
    file = re.sub(r"(?=[A-Z])", "_", names.split(":")[0]).lower()
    package = {"lambda": "lambda_"}.get(service, service)
    source = distribution("pulumi-aws").locate_file(f"pulumi_aws/{package}/{file}.py")
    return "def tags(self)" in Path(str(source)).read_text()


def test_every_action_has_a_route(graph: Graph) -> None:
    routes = of_type(graph, "apigatewayv2/route:Route").values()
    assert {route.inputs["routeKey"] for route in routes} == {"$connect", "$disconnect", "$default", *ACTIONS}


def test_only_the_upgrade_is_authorised(graph: Graph) -> None:
    for route in of_type(graph, "apigatewayv2/route:Route").values():
        expected = "AWS_IAM" if route.inputs["routeKey"] == "$connect" else "NONE"
        assert route.inputs["authorizationType"] == expected


def test_deployment_follows_every_route(graph: Graph) -> None:
    (deployment,) = of_type(graph, "apigatewayv2/deployment:Deployment").values()
    routes = of_type(graph, "apigatewayv2/route:Route").values()
    assert {route.key for route in routes} <= set(deployment.dependencies)
    for route in routes:
        trigger = deployment.inputs["triggers"][route.inputs["routeKey"]]
        assert route.inputs["authorizationType"] in trigger
        assert route.inputs["target"] in trigger
    (stage,) = of_type(graph, "apigatewayv2/stage:Stage").values()
    assert stage.inputs["deploymentId"] == f"<{deployment.key}.id>"


def test_stage_says_its_throttles(graph: Graph) -> None:
    (stage,) = of_type(graph, "apigatewayv2/stage:Stage").values()
    assert stage.inputs["defaultRouteSettings"] == {"throttlingRateLimit": 42, "throttlingBurstLimit": 200}


@pytest.mark.parametrize("name", ["reports", "datasets"])
def test_bucket_is_private_encrypted_and_tls_only(graph: Graph, name: str) -> None:
    block = of_type(graph, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock")[name].inputs
    assert [value for key, value in block.items() if key != "bucket"] == [True] * 4
    ownership = of_type(graph, "s3/bucketOwnershipControls:BucketOwnershipControls")[name].inputs
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert name in of_type(graph, "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
    policy = json.loads(of_type(graph, "s3/bucketPolicy:BucketPolicy")[name].inputs["policy"])
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_files_expire_and_so_do_unfinished_uploads(graph: Graph) -> None:
    rules = {
        name: resource.inputs["rules"][0]
        for name, resource in of_type(graph, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").items()
    }
    assert rules["reports"]["expiration"] == {"days": 5}
    assert "expiration" not in rules["datasets"]
    for rule in rules.values():
        assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}


def test_tables_expire_rows_and_can_be_protected(graph: Graph) -> None:
    tables = of_type(graph, "dynamodb/table:Table")
    for table in tables.values():
        assert table.inputs["ttl"] == {"attributeName": "expiresAt", "enabled": True}
        assert table.inputs["billingMode"] == "PAY_PER_REQUEST"
        assert table.inputs["deletionProtectionEnabled"] is True
        assert table.protect is True
    assert tables["reports"].inputs["pointInTimeRecovery"] == {"enabled": True}


def test_alarms_reach_a_topic_without_a_key(graph: Graph) -> None:
    (topic,) = of_type(graph, "sns/topic:Topic").values()
    assert "kmsMasterKeyId" not in topic.inputs
    alarms = of_type(graph, "cloudwatch/metricAlarm:MetricAlarm")
    assert set(alarms) == {f"{name}-{metric}" for name in FUNCTIONS for metric in ("errors", "throttles")}
    assert {alarm.inputs["alarmActions"][0] for alarm in alarms.values()} == {f"<{topic.key}.arn>"}


def test_profile_holds_no_secret(graph: Graph) -> None:
    profile = json.loads(graph.outputs["profile"])
    assert set(profile) == {"name", "endpoint", "region", "auth"}
    assert profile["auth"] == {"mode": "iam"}


def test_every_reference_is_to_something_declared(graph: Graph) -> None:
    declared = {resource.key for resource in graph.resources}
    for resource in graph.resources:
        found = REFERENCE.findall(json.dumps(resource.inputs))
        assert {name.rpartition(".")[0] for name in found} <= declared | {"local::emulator", "local::bundle"}
