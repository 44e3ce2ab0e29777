"""Apply the REST API, which a stack need not have.

apply ──▶ **rest_appliers** ──▶ boto3
"""

from collections.abc import Mapping
from typing import Any

from infra.local import differences
from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs
from infra.local.recording.graph import Attributes


def create_rest_api(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a REST API."""
    client = aws("apigateway")
    made = client.create_rest_api(
        name=physical_name(name, inputs),
        endpointConfiguration={"types": [inputs["endpointConfiguration"]["types"]]},
        tags=inputs["tags"],
    )
    execution_arn = f"arn:aws:execute-api:{client.meta.region_name}:{differences.ACCOUNT_ID}:{made['id']}"
    return {"id": made["id"], "rootResourceId": made["rootResourceId"], "executionArn": execution_arn}


def create_resource(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Create a part of a path."""
    made = aws("apigateway").create_resource(
        restApiId=inputs["restApi"], parentId=inputs["parentId"], pathPart=inputs["pathPart"]
    )
    return {"id": made["id"]}


def create_authorizer(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create an authorizer: a function that is asked before a method is called."""
    made = aws("apigateway").create_authorizer(
        restApiId=inputs["restApi"],
        name=physical_name(name, inputs),
        type=inputs["type"],
        authorizerUri=inputs["authorizerUri"],
        identitySource=inputs["identitySource"],
        authorizerResultTtlInSeconds=inputs["authorizerResultTtlInSeconds"],
    )
    return {"id": made["id"]}


def put_method(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Let a resource take a method."""
    rest_api, resource, method = inputs["restApi"], inputs["resourceId"], inputs["httpMethod"]
    authorizer = inputs.get("authorizerId")
    aws("apigateway").put_method(
        restApiId=rest_api,
        resourceId=resource,
        httpMethod=method,
        authorizationType=inputs["authorization"],
        **({"authorizerId": authorizer} if authorizer else {}),
    )
    return {"id": f"{rest_api}/{resource}/{method}"}


def put_integration(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Integrate a method with a function, unless that streams: see `differences`."""
    rest_api, resource, method = inputs["restApi"], inputs["resourceId"], inputs["httpMethod"]
    integration = {
        "type": inputs["type"],
        "integrationHttpMethod": inputs["integrationHttpMethod"],
        "uri": inputs["uri"],
        "timeoutInMillis": inputs["timeoutMilliseconds"],
        "responseTransferMode": inputs["responseTransferMode"],
    }
    if not differences.is_streamed(integration):
        aws("apigateway").put_integration(restApiId=rest_api, resourceId=resource, httpMethod=method, **integration)
    return {"id": f"{rest_api}/{resource}/{method}"}


def create_deployment(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Deploy. Triggers matter to the engine only."""
    inputs.get("triggers")
    return {"id": aws("apigateway").create_deployment(restApiId=inputs["restApi"])["id"]}


def create_stage(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Create a stage of a deployment."""
    client, rest_api, stage = aws("apigateway"), inputs["restApi"], inputs["stageName"]
    client.create_stage(restApiId=rest_api, stageName=stage, deploymentId=inputs["deployment"], tags=inputs["tags"])
    logs = inputs.get("accessLogSettings", {})
    _patch(client, rest_api, stage, {f"/accessLogSettings/{name}": value for name, value in logs.items()})
    return {"id": f"{rest_api}/{stage}", "stageName": stage}


def set_methods(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Set the throttles of a stage's methods."""
    rest_api, stage, path, limits = inputs["restApi"], inputs["stageName"], inputs["methodPath"], inputs["settings"]
    values = {
        f"/{path}/throttling/rateLimit": limits["throttlingRateLimit"],
        f"/{path}/throttling/burstLimit": limits["throttlingBurstLimit"],
    }
    _patch(aws("apigateway"), rest_api, stage, values)
    return {"id": f"{rest_api}/{stage}/{path}"}


def _patch(client: Any, rest_api: str, stage: str, values: Mapping[str, object]) -> None:  # noqa: ANN401  boto3's
    operations = [{"op": "replace", "path": path, "value": str(value)} for path, value in values.items()]
    if operations:
        client.update_stage(restApiId=rest_api, stageName=stage, patchOperations=operations)


APPLIERS: dict[str, Applier] = {
    "aws:apigateway/restApi:RestApi": create_rest_api,
    "aws:apigateway/resource:Resource": create_resource,
    "aws:apigateway/authorizer:Authorizer": create_authorizer,
    "aws:apigateway/method:Method": put_method,
    "aws:apigateway/integration:Integration": put_integration,
    "aws:apigateway/deployment:Deployment": create_deployment,
    "aws:apigateway/stage:Stage": create_stage,
    "aws:apigateway/methodSettings:MethodSettings": set_methods,
}
