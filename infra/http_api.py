"""The HTTP API: the door for whoever cannot open a WebSocket, or need not.

settings, function ──▶ **HttpApi** ──▶ address, analysts' policy

Every path takes any method, so that the function says which there are; a change is deployed as it is made.
"""

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import apigatewayv2, cloudwatch

from backend.protocol.resources import DOCUMENTS, RESOURCES, VERSION
from infra.functions import Function
from infra.settings import Settings
from infra.sign_in import authorizers
from infra.sign_in.authorizers import UNASKED, Authorization
from infra.websocket_api import access_log, fill

LONGEST_ANSWER_MS = 30_000
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""
ACCESS_LOG_FORMAT = access_log(routeKey="routeKey")
METHODS = ("GET", "HEAD", "PUT", "POST")
SENT = (
    *("authorization", "content-type", "if-none-match", "prefer"),
    *("x-amz-content-sha256", "x-amz-date", "x-amz-security-token"),
)
"""Headers that a page may send."""
READ = ("etag", "link", "location", "preference-applied", "repr-digest", "retry-after")
"""Headers that a page may read."""


class HttpApi(pulumi.ComponentResource):
    """Routes for every resource, all integrated with one function."""

    def __init__(
        self,
        settings: Settings,
        http_router: Function,
        authorizer: Function | None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("reportwire:index:HttpApi", "http-api", None, opts)
        self._within = ResourceOptions(parent=self)
        self._settings = settings
        self.api = apigatewayv2.Api(
            "reportwire-http",
            protocol_type="HTTP",
            cors_configuration=self._origins(),
            opts=ResourceOptions(parent=self, protect=settings.protect_data),
        )
        http_router.allow_invoking(
            "api-invokes-http-router",
            service="apigateway.amazonaws.com",
            source_arn=Output.concat(self.api.execution_arn, "/*/*"),
            opts=self._within,
        )
        integration = apigatewayv2.Integration(
            "http-router",
            api_id=self.api.id,
            integration_type="AWS_PROXY",
            integration_method="POST",  # how Lambda is invoked, whatever the request
            integration_uri=http_router.live.invoke_arn,
            payload_format_version="2.0",
            timeout_milliseconds=LONGEST_ANSWER_MS,
            opts=self._within,
        )
        asking = authorizers.of_http(self.api, authorizer, self._within)
        for resource in RESOURCES:
            self._route(f"ANY {resource}", integration, asking)
            if settings.origins:  # else the preflight would have to be authorised, as every other request
                self._route(f"OPTIONS {resource}", integration, UNASKED)
        for resource in DOCUMENTS:
            self._route(f"ANY {resource}", integration, UNASKED)
        self.stage = self._stage()
        self.base: Output[str] = fill(settings.https_address, self.api, settings)
        self.invoke_arn: Output[str] = Output.concat(self.api.execution_arn, f"/{VERSION}/*/*")
        """What an analyst must be allowed to invoke."""
        self.register_outputs({})

    def _route(self, key: str, integration: apigatewayv2.Integration, authorization: Authorization) -> None:
        method, resource = key.split(" ")
        name = resource.replace("/", "-").replace("{", "").replace("}", "").replace(".", "-")
        apigatewayv2.Route(
            ("http" if method == "ANY" else f"http-{method.lower()}") + name,
            api_id=self.api.id,
            route_key=key,
            authorization_type=authorization.type,
            authorizer_id=authorization.authorizer_id,
            target=Output.concat("integrations/", integration.id),
            opts=self._within,
        )

    def _stage(self) -> apigatewayv2.Stage:
        settings = self._settings
        return apigatewayv2.Stage(
            "http",
            api_id=self.api.id,
            name=VERSION,
            auto_deploy=True,
            # Left out, the throttles would be zero and every request answered 429.
            default_route_settings=apigatewayv2.StageDefaultRouteSettingsArgs(
                throttling_rate_limit=settings.throttle_rate, throttling_burst_limit=settings.throttle_burst
            ),
            access_log_settings=self._access_logs() if settings.access_logs else None,
            opts=self._within,
        )

    def _access_logs(self) -> apigatewayv2.StageAccessLogSettingsArgs:
        days = self._settings.log_retention_days
        group = cloudwatch.LogGroup("http-access", retention_in_days=days, opts=self._within)
        return apigatewayv2.StageAccessLogSettingsArgs(destination_arn=group.arn, format=ACCESS_LOG_FORMAT)

    def _origins(self) -> apigatewayv2.ApiCorsConfigurationArgs | None:
        """Return what pages of the named origins may do; pages of others may do nothing, nor read the documents.

        API Gateway then answers preflights, and leaves out what the function says of origins. Source:
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
        """
        origins = self._settings.origins
        if not origins:
            return None
        return apigatewayv2.ApiCorsConfigurationArgs(
            allow_origins=origins, allow_methods=METHODS, allow_headers=SENT, expose_headers=READ, max_age=86_400
        )
