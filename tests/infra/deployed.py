"""A recorded graph with ids and ARNs such as AWS gives in the places of references."""

from collections.abc import Iterator

import msgspec

from infra.local.recording.graph import REFERENCE, Graph, Resource, resolve
from infra.policy_pack.declaration import Declaration

WHERE = "eu-west-1:111122223333"
ARNS = {
    "aws:apigateway/restApi:RestApi": "arn:aws:apigateway:eu-west-1::/restapis/{name}",
    "aws:apigatewayv2/api:Api": "arn:aws:apigateway:eu-west-1::/apis/{name}",
    "aws:cloudwatch/logGroup:LogGroup": f"arn:aws:logs:{WHERE}:log-group:{{name}}",
    "aws:athena/workgroup:Workgroup": f"arn:aws:athena:{WHERE}:workgroup/{{name}}",
    "aws:cognito/userPool:UserPool": f"arn:aws:cognito-idp:{WHERE}:userpool/{{name}}",
    "aws:dynamodb/table:Table": f"arn:aws:dynamodb:{WHERE}:table/{{name}}",
    "aws:glue/catalogDatabase:CatalogDatabase": f"arn:aws:glue:{WHERE}:database/{{name}}",
    "aws:glue/catalogTable:CatalogTable": f"arn:aws:glue:{WHERE}:table/datasets/{{name}}",
    "aws:iam/group:Group": "arn:aws:iam::111122223333:group/{name}",
    "aws:iam/policy:Policy": "arn:aws:iam::111122223333:policy/{name}",
    "aws:iam/role:Role": "arn:aws:iam::111122223333:role/{name}",
    "aws:kms/key:Key": f"arn:aws:kms:{WHERE}:key/{{name}}",
    "aws:lambda/alias:Alias": f"arn:aws:lambda:{WHERE}:function:{{name}}:live",
    "aws:lambda/function:Function": f"arn:aws:lambda:{WHERE}:function:{{name}}",
    "aws:lambda/capacityProvider:CapacityProvider": f"arn:aws:lambda:{WHERE}:capacity-provider:{{name}}",
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{name}",
    "aws:sns/topic:Topic": f"arn:aws:sns:{WHERE}:{{name}}",
    "aws:sqs/queue:Queue": f"arn:aws:sqs:{WHERE}:{{name}}",
}
"""Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""


def value_of(place: str) -> str:
    """Return what AWS would give for `type::name.attribute`."""
    key, _, attribute = place.rpartition(".")
    type_, _, name = key.partition("::")
    match attribute:
        case "arn":
            return ARNS[type_].format(name=name)
        case "executionArn":
            return f"arn:aws:execute-api:{WHERE}:{name}"
        case _:
            return f"{name}-{attribute}"


def deployed(graph: Graph) -> list[Resource]:
    """Return the resources with what AWS would give in their inputs."""
    places = {place for resource in graph.resources for place in _places(resource.inputs)}
    known = {place: value_of(place) for place in places}
    return [msgspec.structs.replace(each, inputs=resolve(each.inputs, known)) for each in graph.resources]


def declarations(graph: Graph) -> list[Declaration]:
    """Return the resources as the rules see them."""
    return [
        Declaration(
            key=declared.key,
            type=declared.type,
            name=declared.name,
            properties=resource.inputs,
            is_protected=declared.protect,
            needs=needs(declared),
        )
        for declared, resource in zip(graph.resources, deployed(graph), strict=True)
    ]


def needs(resource: Resource) -> dict[str, frozenset[str]]:
    """Return the keys of the resources that each input refers to."""
    return {
        name: frozenset(place.rpartition(".")[0] for place in _places(value)) for name, value in resource.inputs.items()
    }


def _places(value: object) -> Iterator[str]:
    match value:
        case str():
            yield from REFERENCE.findall(value)
        case dict():
            for item in value.values():
                yield from _places(item)
        case list():
            for item in value:
                yield from _places(item)
        case _:
            pass
