"""How the APIs have tokens checked, as recorded."""

import json

import pytest

from backend.protocol.resources import DOCUMENTS, EVENTS, RESOURCES, SYNCHRONOUS
from infra.local.recording import recorded
from infra.local.recording.graph import Graph, Resource
from tests.infra.conftest import WITH_TOKENS, of_type
from tests.infra.operations import known_metrics
from tests.infra.test_program import HTTP, REST, SOCKET, is_taggable, misplaced, of_api
from tests.infra.test_rest_api import of_rest, paths

INVOKED = "<aws:lambda/alias:Alias::authorizer.invokeArn>"
V2 = "aws:apigatewayv2/authorizer:Authorizer"


def authorizers(graph: Graph) -> dict[str, Resource]:
    return of_type(graph, "apigatewayv2/authorizer:Authorizer")


def test_upgrade_is_let_through_by_the_authorizer_and_nothing_else_asks_it(token_graph: Graph) -> None:
    asked = {
        route.inputs["routeKey"]: (route.inputs["authorizationType"], route.inputs.get("authorizerId"))
        for route in of_api(token_graph, "route:Route", SOCKET)
    }
    assert asked.pop("$connect") == ("CUSTOM", f"<{V2}::websocket.id>")
    assert set(asked.values()) == {("NONE", None)}


def test_websocket_s_authorizer_reads_the_header_and_says_nothing_of_keeping(token_graph: Graph) -> None:
    assert authorizers(token_graph)["websocket"].inputs == {
        "apiId": f"<aws:apigatewayv2/api:Api::{SOCKET}.id>",
        "authorizerType": "REQUEST",
        "authorizerUri": INVOKED,
        "identitySources": ["route.request.header.Authorization"],
    }, "a WebSocket API refuses to be told how long results are kept, or of a format"


def test_every_resource_asks_the_authorizer_but_for_the_documents(token_graph: Graph) -> None:
    asked = {
        route.inputs["routeKey"]: (route.inputs["authorizationType"], route.inputs.get("authorizerId"))
        for route in of_api(token_graph, "route:Route", HTTP)
    }
    assert asked == {f"ANY {resource}": ("CUSTOM", f"<{V2}::http.id>") for resource in RESOURCES} | {
        f"ANY {resource}": ("NONE", None) for resource in DOCUMENTS
    }


def test_http_s_authorizer_answers_with_a_policy_that_is_not_kept(token_graph: Graph) -> None:
    assert authorizers(token_graph)["http"].inputs == {
        "apiId": f"<aws:apigatewayv2/api:Api::{HTTP}.id>",
        "authorizerType": "REQUEST",
        "authorizerUri": INVOKED,
        "authorizerPayloadFormatVersion": "2.0",
        "enableSimpleResponses": False,
        "authorizerResultTtlInSeconds": 0,
        "identitySources": ["$request.header.Authorization"],
    }


def test_methods_of_the_rest_api_ask_it_too_and_keep_nothing(token_graph: Graph) -> None:
    (authorizer,) = of_rest(token_graph, "authorizer:Authorizer").values()
    assert (authorizer.inputs["type"], authorizer.inputs["authorizerUri"]) == ("REQUEST", INVOKED)
    assert authorizer.inputs["authorizerResultTtlInSeconds"] == 0
    assert authorizer.inputs["identitySource"] == "method.request.header.Authorization"
    methods = of_rest(token_graph, "method:Method").values()
    assert {paths(token_graph)[each.inputs["resourceId"]] for each in methods} == {EVENTS, SYNCHRONOUS}
    asked = {(each.inputs["authorization"], each.inputs["authorizerId"]) for each in methods}
    assert asked == {("CUSTOM", f"<{authorizer.key}.id>")}


@pytest.mark.parametrize(
    ("name", "authorizer", "api"),
    [
        ("api-invokes-authorizer", f"{V2}::websocket", f"aws:apigatewayv2/api:Api::{SOCKET}"),
        ("http-api-invokes-authorizer", f"{V2}::http", f"aws:apigatewayv2/api:Api::{HTTP}"),
        ("rest-api-invokes-authorizer", "aws:apigateway/authorizer:Authorizer::rest", REST),
    ],
)
def test_each_api_may_invoke_it_for_its_own_authorizer_alone(
    token_graph: Graph, name: str, authorizer: str, api: str
) -> None:
    assert of_type(token_graph, "lambda/permission:Permission")[name].inputs == {
        "action": "lambda:InvokeFunction",
        "function": "<aws:lambda/function:Function::authorizer.name>",
        "qualifier": "live",
        "principal": "apigateway.amazonaws.com",
        "sourceArn": f"<{api}.executionArn>/authorizers/<{authorizer}.id>",
    }


def test_another_way_to_sign_in_is_deployed(graph: Graph, token_graph: Graph) -> None:
    """Routes and methods are live only with a deployment, which is made anew when a trigger changes."""
    for type_ in ("apigatewayv2/deployment:Deployment", "apigateway/deployment:Deployment"):
        ((signed,), (borne,)) = (of_type(each, type_).values() for each in (graph, token_graph))
        before, after = signed.inputs["triggers"], borne.inputs["triggers"]
        changed = {key for key in before if before[key] != after[key]}
        assert changed == ({"$connect"} if "v2" in type_ else {EVENTS, SYNCHRONOUS})
    (deployment,) = of_type(token_graph, "apigatewayv2/deployment:Deployment").values()
    assert f"<{V2}::websocket.id>" in deployment.inputs["triggers"]["$connect"]


def test_everything_comes_after_what_it_depends_on_and_is_tagged(token_graph: Graph) -> None:
    assert misplaced(token_graph.resources) == []
    for resource in filter(is_taggable, token_graph.resources):
        assert resource.inputs["tags"] == {"project": "reportwire", "stack": "local"}, resource.key
    assert is_taggable(next(each for each in token_graph.resources if each.type == "aws:cognito/userPool:UserPool"))


def test_alarms_name_what_is_there(token_graph: Graph) -> None:
    alarms = of_type(token_graph, "cloudwatch/metricAlarm:MetricAlarm")
    watched = [metric for alarm in alarms.values() for metric in known_metrics.of_alarm(alarm.inputs)]
    assert known_metrics.unknown(token_graph, watched) == []
    assert {"authorizer-errors", "authorizer-error-lines", "authorizer-throttles"} <= alarms.keys()
    said = json.dumps([alarm.inputs["alarmDescription"] for alarm in alarms.values()])
    assert "connectPolicyArn" not in said
    assert "token refused" in said


@pytest.mark.slow
def test_program_declares_the_same_twice(token_graph: Graph) -> None:
    assert recorded.record(WITH_TOKENS) == token_graph
