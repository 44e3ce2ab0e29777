"""The rules, on every stack of the repository, and on graphs with a fault in them."""

from pathlib import Path

import msgspec
import pytest

from infra.local.recording.graph import Graph, Resource
from infra.policy_pack.documents import names_one
from infra.policy_pack.rule import violations
from infra.policy_pack.rules import RULES
from tests.infra import stack_files
from tests.infra.deployed import declarations
from tests.infra.policy_pack.faults import FAULTS, ROUTER, Fault, changed
from tests.infra.policy_pack.token_faults import TOKEN_FAULTS


def broken(graph: Graph) -> set[tuple[str, str]]:
    """Return the rules that are broken, and by which resources."""
    return {(each.rule, each.resource.key) for each in violations(RULES, declarations(graph))}


@pytest.mark.parametrize("name", ["graph", "plain_graph", "token_graph", "athena_graph", "trino_graph"])
def test_graph_with_everything_on_keeps_every_rule(request: pytest.FixtureRequest, name: str) -> None:
    assert broken(request.getfixturevalue(name)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("file", stack_files.FILES, ids=lambda file: file.name)
def test_every_stack_keeps_every_rule_as_it_is_and_with_everything_on(file: Path) -> None:
    assert broken(stack_files.as_it_is(file)) == set()
    assert broken(stack_files.with_everything_on(file)) == set()
    assert broken(stack_files.with_tokens(file)) == set()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_planted_fault_breaks_the_rule_that_is_meant_and_no_other(graph: Graph, fault: Fault) -> None:
    found = broken(fault.plant(graph))
    assert {rule for rule, _ in found} == {fault.rule}
    assert (fault.rule, fault.key) in found


@pytest.mark.parametrize("fault", TOKEN_FAULTS.values(), ids=list(TOKEN_FAULTS))
def test_fault_planted_in_sign_in_breaks_the_rule_that_is_meant_and_no_other(token_graph: Graph, fault: Fault) -> None:
    found = broken(fault.plant(token_graph))
    assert {rule for rule, _ in found} == {fault.rule}
    assert (fault.rule, fault.key) in found


def test_every_rule_has_a_fault_planted_for_it() -> None:
    faults = (*FAULTS.values(), *TOKEN_FAULTS.values())
    assert {fault.rule for fault in faults} == {rule.name for rule in RULES}


def behind_an_alias(graph: Graph) -> Graph:
    """Have the WebSocket API invoke the router by an alias."""
    alias = Resource(
        type="aws:lambda/alias:Alias",
        name="router",
        inputs={"functionName": f"<{ROUTER}.name>", "functionVersion": "1", "name": "live"},
    )
    integration = changed(
        "", "aws:apigatewayv2/integration:Integration::router", integrationUri=f"<{alias.key}.invokeArn>"
    )
    changed_graph = integration.plant(graph)
    return msgspec.structs.replace(changed_graph, resources=(*changed_graph.resources, alias))


def test_function_behind_an_alias_is_held_to_the_limits_of_the_api(graph: Graph) -> None:
    aliased = behind_an_alias(graph)
    assert broken(aliased) == set()
    fault = FAULTS["longer than API Gateway waits"]
    assert broken(fault.plant(aliased)) == {(fault.rule, ROUTER)}


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("aws:cloudwatch/logMetricFilter:LogMetricFilter", {"pattern": "x", "logGroupName": "worker"}),
        ("aws:cloudwatch/dashboard:Dashboard", {"dashboardName": "x", "dashboardBody": "{}"}),
        ("aws:iam/group:Group", {"name": "analysts"}),
        ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", {"group": "analysts", "policyArn": "x"}),
        ("pulumi:providers:aws", {"region": "eu-west-1"}),
        ("reportwire:index:Storage", {}),
    ],
)
def test_resources_without_tags_and_rules_of_their_own_break_none(
    graph: Graph, type_: str, inputs: dict[str, str]
) -> None:
    more = Resource(type=type_, name="more", inputs=dict(inputs))
    assert broken(msgspec.structs.replace(graph, resources=(*graph.resources, more))) == set()


@pytest.mark.parametrize(
    ("arn", "is_one"),
    [
        ("arn:aws:s3:::reports", True),
        ("arn:aws:s3:::reports/*", True),
        ("arn:aws:s3:::rep*", False),
        ("arn:aws:s3:::*/reports", False),
        ("arn:aws:logs:eu-west-1:1:log-group:worker:log-stream:*", True),
        ("arn:aws:logs:eu-west-1:1:log-group:*", False),
        ("arn:aws:logs:*:1:log-group:worker:log-stream:*", False),
        ("arn:aws:dynamodb:eu-west-1:1:table/reports/index/*", True),
        ("arn:aws:dynamodb:eu-west-1:1:table/*", False),
        ("arn:aws:execute-api:eu-west-1:1:abc/prod/POST/@connections/*", True),
        ("arn:aws:execute-api:eu-west-1:1:abc/v1/*/*", True),
        ("arn:aws:execute-api:eu-west-1:1:*/v1/GET/*", False),
        ("arn:aws:execute-api:eu-west-1:1:abc/*", False),
        ("arn:aws:sns:eu-west-1:1:alarms", True),
        ("arn:aws:sns:eu-west-1:1:*", False),
        ("*", False),
        ("arn:aws:s3", False),
    ],
)
def test_arn_names_one_thing(arn: str, is_one: bool) -> None:  # noqa: FBT001  a table of cases
    assert names_one(arn) is is_one
