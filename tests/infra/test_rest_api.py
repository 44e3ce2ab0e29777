"""The REST API that the program declares for what is optional, as recorded."""

import json

import pytest

from backend.protocol.resources import EVENTS, SYNCHRONOUS
from backend.wiring.settings import (
    EventsSettings,
)
from infra.local.recording.graph import Graph, Resource
from infra.local.recording.recorded import configured, record
from tests.infra.conftest import of_type
from tests.infra.test_program import FUNCTIONS, OPTIONAL

ALIAS = "aws:lambda/alias:Alias"
STREAMING = "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/"
REST = "aws:apigateway/restApi:RestApi::reportwire-rest"


def of_rest(graph: Graph, kind: str) -> dict[str, Resource]:
    """Return the resources of a kind that are parts of the REST API, by name."""
    parts = of_type(graph, f"apigateway/{kind}")
    assert all(part.inputs["restApi"] == f"<{REST}.id>" for part in parts.values())
    return parts


def paths(graph: Graph) -> dict[str, str]:
    """Return the path of each resource of the REST API, by the reference to its id."""
    found = {f"<{REST}.rootResourceId>": ""}
    for resource in of_rest(graph, "resource:Resource").values():
        found[f"<{resource.key}.id>"] = f"{found[resource.inputs['parentId']]}/{resource.inputs['pathPart']}"
    return found


def test_rest_api_is_regional_and_serves_two_resources_to_whoever_signs(graph: Graph) -> None:
    (api,) = of_type(graph, "apigateway/restApi:RestApi").values()
    assert api.inputs["endpointConfiguration"] == {"types": "REGIONAL"}
    methods = of_rest(graph, "method:Method").values()
    served = {paths(graph)[method.inputs["resourceId"]]: method.inputs for method in methods}
    assert served.keys() == {EVENTS, SYNCHRONOUS}
    assert {(each["httpMethod"], each["authorization"]) for each in served.values()} == {("ANY", "AWS_IAM")}


@pytest.mark.parametrize(
    ("name", "path", "uri", "transfer"),
    [
        ("events", EVENTS, f"{STREAMING}<{ALIAS}::events.arn>/response-streaming-invocations", ("STREAM", 900_000)),
        ("synchronous", SYNCHRONOUS, f"<{ALIAS}::synchronous.invokeArn>", ("BUFFERED", 29_000)),
    ],
)
def test_rest_api_passes_requests_on(graph: Graph, name: str, path: str, uri: str, transfer: tuple[str, int]) -> None:
    integration = of_rest(graph, "integration:Integration")[name].inputs
    assert paths(graph)[integration["resourceId"]] == path
    assert (integration["type"], integration["integrationHttpMethod"]) == ("AWS_PROXY", "POST")
    assert integration["uri"] == uri
    assert (integration["responseTransferMode"], integration["timeoutMilliseconds"]) == transfer
    permission = of_type(graph, "lambda/permission:Permission")[f"api-invokes-{name}"].inputs
    assert permission["function"] == f"<aws:lambda/function:Function::{name}.name>"
    assert permission["sourceArn"] == f"<{REST}.executionArn>/*/*"


def test_functions_of_the_rest_api_outlast_its_patience(graph: Graph) -> None:
    functions = of_type(graph, "lambda/function:Function")
    assert functions["synchronous"].inputs["timeout"] > 29
    assert functions["events"].inputs["timeout"] == 900
    environment = functions["events"].inputs["environment"]["variables"]
    assert EventsSettings.read(environment).longest_stream_s < 900 - 30


def test_deployment_of_the_rest_api_follows_its_integrations(graph: Graph) -> None:
    (deployment,) = of_rest(graph, "deployment:Deployment").values()
    integrations = of_rest(graph, "integration:Integration").values()
    assert {integration.key for integration in integrations} <= set(deployment.dependencies)
    for integration in integrations:
        trigger = deployment.inputs["triggers"][paths(graph)[integration.inputs["resourceId"]]]
        assert {integration.inputs[name] for name in ("resourceId", "uri", "responseTransferMode")} <= set(
            trigger.split()
        )
    (stage,) = of_rest(graph, "stage:Stage").values()
    assert (stage.inputs["deployment"], stage.inputs["stageName"]) == (f"<{deployment.key}.id>", "v1")


def test_rest_api_says_its_throttles_and_logs_who_asks(graph: Graph) -> None:
    (settings,) = of_rest(graph, "methodSettings:MethodSettings").values()
    assert settings.inputs["methodPath"] == "*/*"
    assert settings.inputs["settings"] == {"throttlingRateLimit": 42, "throttlingBurstLimit": 200}
    (stage,) = of_rest(graph, "stage:Stage").values()
    logs = stage.inputs["accessLogSettings"]
    assert logs["destinationArn"] == "<aws:cloudwatch/logGroup:LogGroup::rest-access.arn>"
    assert "userArn" in json.loads(logs["format"])


def test_nothing_of_the_rest_api_is_there_without_its_settings(plain_graph: Graph) -> None:
    assert of_type(plain_graph, "lambda/function:Function").keys() == FUNCTIONS.keys() - OPTIONAL
    assert not [resource.key for resource in plain_graph.resources if resource.type.startswith("aws:apigateway/")]
    assert not {"rest", "eventsFunction", "synchronousFunction"} & plain_graph.outputs.keys()
    assert "events" not in plain_graph.outputs["profile"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "function", "path"),
    [("serverSentEvents", "events", EVENTS), ("synchronousReports", "synchronous", SYNCHRONOUS)],
)
def test_each_setting_adds_its_own_part_alone(setting: str, function: str, path: str) -> None:
    graph = record(configured({setting: "true"}))
    assert of_type(graph, "lambda/function:Function").keys() == (FUNCTIONS.keys() - OPTIONAL) | {function}
    assert of_rest(graph, "integration:Integration").keys() == {function}
    assert path in paths(graph).values()
    assert ("events" in graph.outputs["profile"]) == (function == "events")
    assert f"{function}Function" in graph.outputs
