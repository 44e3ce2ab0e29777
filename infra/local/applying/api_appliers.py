"""Apply the WebSocket API and the HTTP API, with their authorizers.

apply ──▶ **api_appliers** ──▶ boto3
"""

from typing import Any

from infra.local import differences
from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs, pascal
from infra.local.recording.graph import Attributes


def create_api(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create an API."""
    client = aws("apigatewayv2")
    api_id = client.create_api(
        Name=physical_name(name, inputs),
        ProtocolType=inputs["protocolType"],
        Tags=inputs["tags"],
        **_given(inputs, "routeSelectionExpression", "corsConfiguration"),
    )["ApiId"]
    execution_arn = f"arn:aws:execute-api:{client.meta.region_name}:{differences.ACCOUNT_ID}:{api_id}"
    return {"id": api_id, "executionArn": execution_arn}


def create_integration(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Create an integration with a function."""
    made = aws("apigatewayv2").create_integration(
        ApiId=inputs["apiId"],
        IntegrationType=inputs["integrationType"],
        IntegrationMethod=inputs["integrationMethod"],
        IntegrationUri=inputs["integrationUri"],
        **_given(inputs, "contentHandlingStrategy", "payloadFormatVersion"),
        **({"TimeoutInMillis": timeout_ms} if (timeout_ms := inputs.get("timeoutMilliseconds")) else {}),
    )
    return {"id": made["IntegrationId"]}


def create_authorizer(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create an authorizer: a function that is asked before a route is followed."""
    made = aws("apigatewayv2").create_authorizer(
        ApiId=inputs["apiId"],
        Name=physical_name(name, inputs),
        AuthorizerType=inputs["authorizerType"],
        AuthorizerUri=inputs["authorizerUri"],
        IdentitySource=inputs["identitySources"],
        **_given(inputs, "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "enableSimpleResponses"),
    )
    return {"id": made["AuthorizerId"]}


def create_route(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Create a route from an action to an integration."""
    made = aws("apigatewayv2").create_route(
        ApiId=inputs["apiId"],
        RouteKey=inputs["routeKey"],
        AuthorizationType=inputs["authorizationType"],
        **_given(inputs, "authorizerId"),
        Target=inputs["target"],
    )
    return {"id": made["RouteId"]}


def create_deployment(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Deploy. Triggers matter to the engine only."""
    inputs.get("triggers")
    return {"id": aws("apigatewayv2").create_deployment(ApiId=inputs["apiId"])["DeploymentId"]}


def create_stage(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a stage of a deployment."""
    made = aws("apigatewayv2").create_stage(
        ApiId=inputs["apiId"],
        StageName=physical_name(name, inputs),
        **_given(inputs, "deploymentId", "autoDeploy"),
        DefaultRouteSettings=pascal(inputs["defaultRouteSettings"]),
        AccessLogSettings=pascal(inputs.get("accessLogSettings", {})),
        Tags=inputs["tags"],
    )
    return {"id": made["StageName"], "name": made["StageName"]}


def _given(inputs: Inputs, *names: str) -> dict[str, Any]:
    """Return the inputs that this kind of API has, with the keys boto3 knows them by."""
    values = {name: inputs.get(name) for name in names}
    return dict(pascal({name: value for name, value in values.items() if value is not None}))


APPLIERS: dict[str, Applier] = {
    "aws:apigatewayv2/api:Api": create_api,
    "aws:apigatewayv2/integration:Integration": create_integration,
    "aws:apigatewayv2/authorizer:Authorizer": create_authorizer,
    "aws:apigatewayv2/route:Route": create_route,
    "aws:apigatewayv2/deployment:Deployment": create_deployment,
    "aws:apigatewayv2/stage:Stage": create_stage,
}
