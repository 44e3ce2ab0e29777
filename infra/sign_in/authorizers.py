"""How a route asks who is there: by AWS's signature, or by the authorizer.

authorizer's function ──▶ **authorizers** ──▶ routes and methods of the three APIs

Results are not kept: the policy that the authorizer returns allows one request, and a token may end meanwhile. A
WebSocket API keeps none by itself, and refuses to be told so. Source:
https://docs.aws.amazon.com/apigateway/latest/api-reference/apis-apiid-authorizers.html
"""

from dataclasses import dataclass

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import apigateway, apigatewayv2

from infra.functions import Function

KEPT_RESULTS_S = 0


@dataclass(frozen=True, slots=True)
class Authorization:
    """How a route or a method is authorised."""

    type: str
    authorizer_id: Input[str] | None = None
    """The authorizer that is asked, for the type CUSTOM."""


UNASKED = Authorization("NONE")
SIGNED = Authorization("AWS_IAM")


def of_websocket(api: apigatewayv2.Api, authorizer: Function | None, opts: ResourceOptions) -> Authorization:
    """Return the authorisation of `$connect`: nobody is asked after that."""
    if authorizer is None:
        return SIGNED
    declared = apigatewayv2.Authorizer(
        "websocket",
        api_id=api.id,
        authorizer_type="REQUEST",
        authorizer_uri=authorizer.live.invoke_arn,
        identity_sources=["route.request.header.Authorization"],
        opts=opts,
    )
    _let_invoke(authorizer, "api-invokes-authorizer", api.execution_arn, declared.id, opts)
    return Authorization("CUSTOM", declared.id)


def of_http(api: apigatewayv2.Api, authorizer: Function | None, opts: ResourceOptions) -> Authorization:
    """Return the authorisation of the HTTP API's resources."""
    if authorizer is None:
        return SIGNED
    declared = apigatewayv2.Authorizer(
        "http",
        api_id=api.id,
        authorizer_type="REQUEST",
        authorizer_uri=authorizer.live.invoke_arn,
        authorizer_payload_format_version="2.0",
        enable_simple_responses=False,  # the authorizer answers with a policy
        authorizer_result_ttl_in_seconds=KEPT_RESULTS_S,
        identity_sources=["$request.header.Authorization"],
        opts=opts,
    )
    _let_invoke(authorizer, "http-api-invokes-authorizer", api.execution_arn, declared.id, opts)
    return Authorization("CUSTOM", declared.id)


def of_rest(api: apigateway.RestApi, authorizer: Function | None, opts: ResourceOptions) -> Authorization:
    """Return the authorisation of the REST API's methods."""
    if authorizer is None:
        return SIGNED
    declared = apigateway.Authorizer(
        "rest",
        rest_api=api.id,
        type="REQUEST",
        authorizer_uri=authorizer.live.invoke_arn,
        authorizer_result_ttl_in_seconds=KEPT_RESULTS_S,
        identity_source="method.request.header.Authorization",
        opts=opts,
    )
    _let_invoke(authorizer, "rest-api-invokes-authorizer", api.execution_arn, declared.id, opts)
    return Authorization("CUSTOM", declared.id)


def _let_invoke(
    authorizer: Function, name: str, execution_arn: Output[str], authorizer_id: Output[str], opts: ResourceOptions
) -> None:
    source = Output.concat(execution_arn, "/authorizers/", authorizer_id)
    authorizer.allow_invoking(name, service="apigateway.amazonaws.com", source_arn=source, opts=opts)
