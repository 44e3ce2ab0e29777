"""Make every resource of a graph with boto3.

graph ──▶ **apply** ──▶ emulator; ──▶ stack outputs
"""

from collections.abc import Mapping

from botocore.exceptions import ClientError, ParamValidationError

from infra.local.applying import (
    alarm_appliers,
    api_appliers,
    engine_appliers,
    function_appliers,
    pool_appliers,
    rest_appliers,
    storage_appliers,
)
from infra.local.applying.applier import Applier, Clients
from infra.local.applying.inputs import Inputs
from infra.local.differences import NO_COUNTERPART
from infra.local.errors import LocalBackendError, UnsupportedResource
from infra.local.recording.graph import Attributes, Graph, Outputs, Resource, resolve

APPLIERS: Mapping[str, Applier] = {
    **storage_appliers.APPLIERS,
    **function_appliers.APPLIERS,
    **api_appliers.APPLIERS,
    **rest_appliers.APPLIERS,
    **pool_appliers.APPLIERS,
    **alarm_appliers.APPLIERS,
    **engine_appliers.APPLIERS,
}
SERVICES = ("apigatewayv2", "cloudwatch", "dynamodb", "iam", "lambda", "logs", "s3", "sns")
"""Services whose clients every stack needs. Making one takes a while, and is done while the emulator starts."""


def apply(graph: Graph, aws: Clients, known: Attributes) -> Outputs:
    """Make every resource in order and return the stack's outputs. `known`: what the references outside the graph are.

    Raises:
        UnsupportedResource: A type or an input nobody applies here; nothing was made if it is a type.
        LocalBackendError: The emulator refused a call.
    """
    unknown = sorted({resource.type for resource in graph.resources} - APPLIERS.keys() - NO_COUNTERPART.keys())
    if unknown:
        raise UnsupportedResource("not applied locally: " + ", ".join(unknown))
    attributes = dict(known)
    for resource in graph.resources:
        if resource.type not in NO_COUNTERPART:
            attributes |= _make(resource, aws, attributes)
    return {name: resolve(value, attributes) for name, value in graph.outputs.items()}


def _make(resource: Resource, aws: Clients, known: Attributes) -> dict[str, str]:
    inputs = Inputs(resolve(resource.inputs, known))
    try:
        made = APPLIERS[resource.type](aws, resource.name, inputs)
    except (ClientError, ParamValidationError) as error:
        raise LocalBackendError(f"{resource.key}: {' '.join(str(error).split())}") from error
    if inputs.unread():
        raise UnsupportedResource(f"{resource.key}: not applied locally: {', '.join(inputs.unread())}")
    return {f"{resource.key}.{name}": value for name, value in made.items()}
