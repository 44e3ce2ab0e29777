"""Who may do what: each function what its code asks for and nothing else."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.local.recording.graph import Graph
from tests.flows.permissions.engine_steps import ENGINE_STEPS
from tests.flows.permissions.grants import granted as granted_by_roles
from tests.flows.permissions.permission_table import TABLE, table, why_unseen
from tests.flows.permissions.steps import STEPS
from tests.infra import calls
from tests.infra.conftest import BOUNDARY, of_type

FUNCTIONS = ("router", "http-router", "worker", "failures", "events", "synchronous")

PERMISSIONS: Mapping[str, Mapping[str, str]] = {
    "get_item": {"dynamodb:GetItem": ""},
    "batch_get_item": {"dynamodb:BatchGetItem": ""},
    "put_item": {"dynamodb:PutItem": ""},
    "update_item": {"dynamodb:UpdateItem": ""},
    "delete_item": {"dynamodb:DeleteItem": ""},
    "query OWNER_INDEX": {"dynamodb:Query": "/index/byOwner"},
    "query ACTIVE_INDEX": {"dynamodb:Query": "/index/active"},
    "create_multipart_upload": {"s3:PutObject": "/*"},
    "upload_part": {"s3:PutObject": "/*"},
    "complete_multipart_upload": {"s3:PutObject": "/*"},
    "abort_multipart_upload": {"s3:AbortMultipartUpload": "/*"},
    "put_object": {"s3:PutObject": "/*"},
    "list_objects_v2": {"s3:ListBucket": ""},
    # Without the latter a key that is missing answers 403, as if the link were wrong.
    "get_object": {"s3:GetObject": "/*", "s3:ListBucket": ""},
    "invoke": {"lambda:InvokeFunction": ""},
    "post_to_connection": {"execute-api:ManageConnections": "/local/POST/@connections/*"},
}
"""What a request asks for, and on what part of its port's resource.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

RESOURCES: Mapping[str, str] = {
    "ReportStore": "<aws:dynamodb/table:Table::reports.arn>",
    "ConnectionStore": "<aws:dynamodb/table:Table::connections.arn>",
    "ResultStore": "<aws:s3/bucket:Bucket::reports.arn>",
    "DatasetStore": "<aws:s3/bucket:Bucket::datasets.arn>",
    "Upload": "<aws:s3/bucket:Bucket::reports.arn>",
    "Invoke": "<aws:lambda/alias:Alias::worker.arn>",
    "Push": "<aws:apigatewayv2/api:Api::reportwire.executionArn>",
}

COUNTED = {
    function: {("dynamodb:UpdateItem", "<aws:dynamodb/table:Table::connections.arn>")}
    for function in ("http-router", "events", "synchronous")
}
"""What a counter asks for, which is no port of its own; the router writes to that table anyway."""

LAMBDAS_OWN = {"worker": {("lambda:InvokeFunction", "<aws:lambda/alias:Alias::failures.arn>")}}
"""What Lambda does with a function's role: it hands the worker's failures on."""


STOPPING = {("lambda:InvokeFunction", "<aws:lambda/alias:Alias::worker.arn>")}
"""What who ends a report asks of a worker, in a stack with a distributed engine."""
NEVER_ASKED = {
    "events": STOPPING,
    "failures": STOPPING,
    "synchronous": {("dynamodb:Query", "<aws:dynamodb/table:Table::reports.arn>/index/byOwner")},
    "worker": {("lambda:InvokeFunction", "<aws:lambda/alias:Alias::worker.arn>")},
}
"""What is asked for by a method that a function never calls, of a class that it uses: `Reading.page`, and, in a stack
without a distributed engine, `ReportJob.keep` and `Ending.end` where a report has a query."""


def statements(graph: Graph) -> Iterator[tuple[str, dict[str, Any]]]:
    for type_ in ("iam/rolePolicy:RolePolicy", "iam/policy:Policy"):
        for name, resource in of_type(graph, type_).items():
            for statement in json.loads(resource.inputs["policy"])["Statement"]:
                yield name, statement


def granted(graph: Graph, function: str) -> set[tuple[str, str]]:
    """Return actions and resources, besides writing its own log."""
    return {
        (action, resource)
        for name, statement in statements(graph)
        if (name == function or name.startswith(f"{function}-")) and statement["Sid"] != "WriteOwnLog"
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def needed(requests: set[calls.Request]) -> set[tuple[str, str]]:
    return {
        (action, RESOURCES[port] + part) for port, request in requests for action, part in PERMISSIONS[request].items()
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function_may_do_what_its_code_asks_for_and_no_more(graph: Graph, function: str) -> None:
    asked = needed(calls.requests(module(function))) - NEVER_ASKED.get(function, set())
    assert granted(graph, function) == asked | LAMBDAS_OWN.get(function, set()) | COUNTED.get(function, set())


def test_every_request_of_the_adapters_is_some_functions() -> None:
    assert calls.all_requests() == {request for function in FUNCTIONS for request in calls.requests(module(function))}


def module(function: str) -> str:
    return function.replace("-", "_")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function_writes_its_own_log_only(graph: Graph, function: str) -> None:
    (log,) = [each for name, each in statements(graph) if name == function and each["Sid"] == "WriteOwnLog"]
    assert set(log["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert log["Resource"] == [f"<aws:cloudwatch/logGroup:LogGroup::{function}.arn>:log-stream:*"]


def test_authorizer_may_write_its_log_and_nothing_else(token_graph: Graph) -> None:
    (log,) = [each for name, each in statements(token_graph) if name == "authorizer"]
    assert log["Sid"] == "WriteOwnLog"
    assert log["Resource"] == ["<aws:cloudwatch/logGroup:LogGroup::authorizer.arn>:log-stream:*"]
    assert calls.requests("authorizer") == set()


def test_sign_in_with_tokens_changes_no_other_role(graph: Graph, token_graph: Graph) -> None:
    added = granted_by_roles(token_graph).keys() - granted_by_roles(graph).keys()
    assert {grant.role for grant in added} == {"authorizer"}
    assert granted_by_roles(graph).keys() <= granted_by_roles(token_graph).keys()


def test_every_role_is_bounded_where_an_organisation_asks_for_it(
    graph: Graph, plain_graph: Graph, token_graph: Graph
) -> None:
    for declared, boundary in ((graph, BOUNDARY), (plain_graph, None), (token_graph, BOUNDARY)):
        roles = of_type(declared, "iam/role:Role").values()
        assert {role.inputs.get("permissionsBoundary") for role in roles} == {boundary}


def test_every_statement_names_its_actions_and_resources(graph: Graph) -> None:
    for name, statement in statements(graph):
        assert statement["Effect"] == "Allow", name
        assert not any("*" in action for action in statement["Action"]), name
        for resource in statement["Resource"]:
            assert resource.startswith("<aws:"), (name, resource)


def test_only_the_worker_may_read_the_datasets_and_nobody_may_change_them(graph: Graph) -> None:
    datasets = "<aws:s3/bucket:Bucket::datasets.arn>"
    granted_to = {
        (name, action, resource)
        for name, statement in statements(graph)
        for action in statement["Action"]
        for resource in statement["Resource"]
        if resource.startswith(datasets)
    }
    assert granted_to == {("worker", "s3:GetObject", f"{datasets}/*"), ("worker", "s3:ListBucket", datasets)}


ALWAYS = [
    "<aws:apigatewayv2/api:Api::reportwire.executionArn>/local/$connect",
    "<aws:apigatewayv2/api:Api::reportwire-http.executionArn>/v1/*/*",
]


@pytest.mark.parametrize(
    ("name", "resources"),
    [
        ("plain_graph", ALWAYS),
        ("graph", [*ALWAYS, "<aws:apigateway/restApi:RestApi::reportwire-rest.executionArn>/v1/*/*"]),
    ],
)
def test_analysts_may_only_connect_and_ask(request: pytest.FixtureRequest, name: str, resources: list[str]) -> None:
    policies = [statement for name, statement in statements(request.getfixturevalue(name)) if name == "connect"]
    assert {action for policy in policies for action in policy["Action"]} == {"execute-api:Invoke"}
    assert [resource for policy in policies for resource in policy["Resource"]] == resources


@pytest.fixture(scope="module")
def stacks(graph: Graph, token_graph: Graph, athena_graph: Graph, trino_graph: Graph) -> tuple[Graph, ...]:
    return graph, token_graph, athena_graph, trino_graph


def test_every_grant_has_a_step_that_needs_it_or_a_reason(stacks: tuple[Graph, ...]) -> None:
    grants = {grant: place for each in stacks for grant, place in granted_by_roles(each).items()}
    stepped = STEPS.keys() | ENGINE_STEPS.keys()
    assert stepped <= grants.keys()
    assert [grant for grant in grants if grant not in stepped and why_unseen(grant) is None] == []


def test_table_is_that_of_the_program(stacks: tuple[Graph, ...]) -> None:
    assert TABLE.read_text() == table(*stacks), "python -m tests.flows.permissions.permission_table"
