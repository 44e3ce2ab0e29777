"""Apply the WebSocket API.

apply ──▶ **websocket_api** ──▶ boto3
"""

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
        RouteSelectionExpression=inputs["routeSelectionExpression"],
        Tags=inputs["tags"],
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
        ContentHandlingStrategy=inputs["contentHandlingStrategy"],
    )
    return {"id": made["IntegrationId"]}


def create_route(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Create a route from an action to an integration."""
    made = aws("apigatewayv2").create_route(
        ApiId=inputs["apiId"],
        RouteKey=inputs["routeKey"],
        AuthorizationType=inputs["authorizationType"],
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
        DeploymentId=inputs["deploymentId"],
        DefaultRouteSettings=pascal(inputs["defaultRouteSettings"]),
        AccessLogSettings=pascal(inputs.get("accessLogSettings", {})),
        Tags=inputs["tags"],
    )
    return {"id": made["StageName"], "name": made["StageName"]}


APPLIERS: dict[str, Applier] = {
    "aws:apigatewayv2/api:Api": create_api,
    "aws:apigatewayv2/integration:Integration": create_integration,
    "aws:apigatewayv2/route:Route": create_route,
    "aws:apigatewayv2/deployment:Deployment": create_deployment,
    "aws:apigatewayv2/stage:Stage": create_stage,
}
