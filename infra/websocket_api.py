"""The WebSocket API: its address first, then a route for every action of the protocol.

settings ──▶ **address** ──▶ functions ──▶ **routes**, deployment, stage

Two steps because the functions post to connections of the API, and the API invokes one of the functions.
"""

import json
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import apigateway, apigatewayv2, cloudwatch

from backend.protocol.messages import ACTIONS
from infra.functions import Function
from infra.settings import Settings
from infra.sign_in import authorizers
from infra.sign_in.authorizers import UNASKED, Authorization

ROUTE_KEYS = ("$connect", "$disconnect", "$default", *ACTIONS)
_WHO_AND_WHAT_CAME_OF_IT = {
    "status": "status",
    "userArn": "identity.userArn",
    "sourceIp": "identity.sourceIp",
    "error": "error.responseType",
    "integrationStatus": "integration.integrationStatus",  # Lambda's, as 403 without a permission, 429 when throttled
    "functionStatus": "integration.status",
}


def access_log(**variables: str) -> str:
    """Return the format of an access log, a line of JSON a request: its id, these variables, who, and what came of it.

    A line holds only what has no quote in it: API Gateway puts values into the format as text, and whether it escapes
    them is not documented. So no sentence is logged. That of a gateway's error repeats the caller's `Authorization`
    header, that of an integration's error what the function raised; the type and the statuses tell the same, and the
    function's own log has the rest. `error.messageString`, the quoted form of that sentence, may be none where there is
    no error: what is missing is logged as `-`. An ARN has a quote only where an administrator put one into a path.

    Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
    """
    named = {"requestId": "requestId", **variables, **_WHO_AND_WHAT_CAME_OF_IT}
    return json.dumps({name: f"$context.{variable}" for name, variable in named.items()}, separators=(",", ":"))


ACCESS_LOG_FORMAT = access_log(connectionId="connectionId", routeKey="routeKey", eventType="eventType")


@dataclass(frozen=True, kw_only=True)
class Address:
    """The API's address, and the names of its parts in policies."""

    api: apigatewayv2.Api
    endpoint: Output[str]
    management_endpoint: Output[str]
    connections_arn: Output[str]
    """Every connection of the stage, to post to."""
    connect_arn: Output[str]
    """The route an analyst must be allowed to invoke; later messages are not authorised again."""


def declare_address(settings: Settings) -> Address:
    """Declare the API without any route yet. Made anew it would have another address, in no profile."""
    api = apigatewayv2.Api(
        "reportwire",
        protocol_type="WEBSOCKET",
        route_selection_expression="$request.body.action",
        opts=ResourceOptions(protect=settings.protect_data),
    )
    stage_arn = Output.concat(api.execution_arn, "/", settings.stage)
    return Address(
        api=api,
        endpoint=fill(settings.socket_address, api, settings),
        management_endpoint=fill(settings.management_endpoint, api, settings),
        connections_arn=Output.concat(stage_arn, "/POST/@connections/*"),
        connect_arn=Output.concat(stage_arn, "/$connect"),
    )


class WebSocketApi(pulumi.ComponentResource):
    """Routes, all integrated with one function."""

    def __init__(
        self,
        settings: Settings,
        address: Address,
        router: Function,
        authorizer: Function | None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("reportwire:index:WebSocketApi", "websocket-api", None, opts)
        self._within = ResourceOptions(parent=self)
        self._api = address.api
        router.allow_invoking(
            "api-invokes-router",
            service="apigateway.amazonaws.com",
            source_arn=Output.concat(address.api.execution_arn, "/*/*"),
            opts=self._within,
        )
        integration = self._integrate(router)
        # API Gateway authorises the upgrade only.
        asking = {"$connect": authorizers.of_websocket(address.api, authorizer, self._within)}
        routes = {key: self._route(key, integration, asking.get(key, UNASKED)) for key in ROUTE_KEYS}
        self.stage = self._stage(settings, self._deploy(integration, routes))
        self.register_outputs({})

    def _integrate(self, router: Function) -> apigatewayv2.Integration:
        return apigatewayv2.Integration(
            "router",
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_method="POST",  # how Lambda is invoked, whatever the route
            integration_uri=router.live.invoke_arn,
            content_handling_strategy="CONVERT_TO_TEXT",
            opts=self._within,
        )

    def _route(
        self, key: str, integration: apigatewayv2.Integration, authorization: Authorization
    ) -> apigatewayv2.Route:
        return apigatewayv2.Route(
            key.removeprefix("$"),
            api_id=self._api.id,
            route_key=key,
            authorization_type=authorization.type,
            authorizer_id=authorization.authorizer_id,
            target=Output.concat("integrations/", integration.id),
            opts=self._within,
        )

    def _deploy(
        self, integration: apigatewayv2.Integration, routes: dict[str, apigatewayv2.Route]
    ) -> apigatewayv2.Deployment:
        """Declare a deployment that is replaced whenever a route or its integration changes."""
        triggers = {
            key: text_of(route.authorization_type, route.authorizer_id, route.target) for key, route in routes.items()
        }
        how = (integration.integration_type, integration.integration_method, integration.content_handling_strategy)
        return apigatewayv2.Deployment(
            "routes",
            api_id=self._api.id,
            triggers={
                **triggers,
                "routeSelection": text_of(self._api.route_selection_expression),
                "integration": text_of(*how, integration.integration_uri),
            },
            opts=ResourceOptions(parent=self, depends_on=list(routes.values())),
        )

    def _stage(self, settings: Settings, deployment: apigatewayv2.Deployment) -> apigatewayv2.Stage:
        return apigatewayv2.Stage(
            "stage",
            api_id=self._api.id,
            name=settings.stage,
            deployment_id=deployment.id,
            # Left out, the throttles would be zero and every message answered 429.
            default_route_settings=apigatewayv2.StageDefaultRouteSettingsArgs(
                throttling_rate_limit=settings.throttle_rate, throttling_burst_limit=settings.throttle_burst
            ),
            access_log_settings=self._access_logs(settings) if settings.access_logs else None,
            opts=self._within,
        )

    def _access_logs(self, settings: Settings) -> apigatewayv2.StageAccessLogSettingsArgs:
        group = cloudwatch.LogGroup("access", retention_in_days=settings.log_retention_days, opts=self._within)
        return apigatewayv2.StageAccessLogSettingsArgs(destination_arn=group.arn, format=ACCESS_LOG_FORMAT)


def text_of(*settings: Output[Any]) -> Output[str]:
    """Return settings as a text that is another one when any of them is; those that are not set are left out."""
    return Output.all(*settings).apply(lambda values: " ".join(map(str, filter(None, values))))


def fill(template: str, api: apigatewayv2.Api | apigateway.RestApi, settings: Settings) -> Output[str]:
    """Return an address with the API's id, the region, its hosts' suffix and the stage in their places."""

    def filled(api_id: str) -> str:
        address = template.replace("{apiId}", api_id).replace("{dnsSuffix}", settings.partition.dns_suffix)
        return address.replace("{region}", settings.region).replace("{stage}", settings.stage)

    return api.id.apply(filled)
