"""The REST API, where a stack has one: it streams, which the HTTP API does not, and it cuts slow requests off.

settings, functions ──▶ **RestApi** ──▶ address, analysts' policy

Both of its resources are optional; each takes any method, so that the function says which there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import apigateway, cloudwatch

from backend.protocol.resources import EVENTS, SYNCHRONOUS, VERSION
from infra.backend_functions import BackendFunctions
from infra.functions import Function
from infra.settings import Settings
from infra.sign_in import authorizers
from infra.websocket_api import access_log, fill, text_of

LONGEST_ANSWER_MS = 29_000
"""The longest there is without a higher quota; the answer is 504 then.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""
LONGEST_STREAM_MS = 900_000
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html"""
ACCESS_LOG_FORMAT = access_log(method="httpMethod", resource="resourcePath")


@dataclass(frozen=True, kw_only=True)
class _Served:
    """A function behind a resource, and how its answers are passed on."""

    function: Function
    uri: Input[str]
    transfer: Mapping[str, Any]


class RestApi(pulumi.ComponentResource):
    """A Regional API with a resource for each of the functions that a stack has."""

    def __init__(self, settings: Settings, functions: BackendFunctions, opts: ResourceOptions | None = None) -> None:
        super().__init__("reportwire:index:RestApi", "rest-api", None, opts)
        self._within = ResourceOptions(parent=self)
        self._settings = settings
        self.api = apigateway.RestApi(
            "reportwire-rest",
            # At an edge a stream would be cut when it is silent for 30 s; here it is 5 minutes.
            endpoint_configuration=apigateway.RestApiEndpointConfigurationArgs(types="REGIONAL"),
            opts=ResourceOptions(parent=self, protect=settings.protect_data),
        )
        self._asking = authorizers.of_rest(self.api, functions.authorizer, self._within)
        self._made: dict[str, apigateway.Resource] = {}
        self._methods: dict[str, apigateway.Method] = {}
        served = _served(settings, functions)
        integrations = {path: self._serve(path, each) for path, each in served.items()}
        self._stage(self._deploy(integrations))
        self.base: Output[str] = fill(settings.rest, self.api, settings)
        self.invoke_arn: Output[str] = Output.concat(self.api.execution_arn, f"/{VERSION}/*/*")
        """What an analyst must be allowed to invoke."""
        self.register_outputs({})

    def _resource(self, path: str) -> apigateway.Resource:
        """Return the resource of a path, made with those above it once."""
        if path not in self._made:
            above, _, last = path.rpartition("/")
            self._made[path] = apigateway.Resource(
                "rest" + path.replace("/", "-").replace("{", "").replace("}", ""),
                rest_api=self.api.id,
                parent_id=self._resource(above).id if above else self.api.root_resource_id,
                path_part=last,
                opts=self._within,
            )
        return self._made[path]

    def _serve(self, path: str, served: _Served) -> apigateway.Integration:
        name = path.rpartition("/")[2]
        resource = self._resource(path)
        method = apigateway.Method(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method="ANY",
            authorization=self._asking.type,
            authorizer_id=self._asking.authorizer_id,
            opts=self._within,
        )
        self._methods[path] = method
        served.function.allow_invoking(
            f"api-invokes-{name}",
            service="apigateway.amazonaws.com",
            source_arn=Output.concat(self.api.execution_arn, "/*/*"),
            opts=self._within,
        )
        return apigateway.Integration(
            name,
            rest_api=self.api.id,
            resource_id=resource.id,
            http_method=method.http_method,
            type="AWS_PROXY",
            integration_http_method="POST",  # how Lambda is invoked, whatever the request
            uri=served.uri,
            **served.transfer,
            opts=self._within,
        )

    def _deploy(self, integrations: Mapping[str, apigateway.Integration]) -> apigateway.Deployment:
        """Declare a deployment that is replaced whenever a resource or its integration changes."""
        triggers = {
            path: text_of(
                *(each.resource_id, each.http_method, each.uri, each.response_transfer_mode),
                *(self._methods[path].authorization, self._methods[path].authorizer_id),
            )
            for path, each in integrations.items()
        }
        return apigateway.Deployment(
            "rest",
            rest_api=self.api.id,
            triggers=triggers,
            opts=ResourceOptions(parent=self, depends_on=list(integrations.values())),
        )

    def _stage(self, deployment: apigateway.Deployment) -> None:
        settings = self._settings
        stage = apigateway.Stage(
            "rest",
            rest_api=self.api.id,
            stage_name=VERSION,
            deployment=deployment.id,
            access_log_settings=self._access_logs() if settings.access_logs else None,
            opts=self._within,
        )
        apigateway.MethodSettings(
            "rest",
            rest_api=self.api.id,
            stage_name=stage.stage_name,
            method_path="*/*",
            settings=apigateway.MethodSettingsSettingsArgs(
                throttling_rate_limit=settings.throttle_rate, throttling_burst_limit=settings.throttle_burst
            ),
            opts=self._within,
        )

    def _access_logs(self) -> apigateway.StageAccessLogSettingsArgs:
        days = self._settings.log_retention_days
        group = cloudwatch.LogGroup("rest-access", retention_in_days=days, opts=self._within)
        return apigateway.StageAccessLogSettingsArgs(destination_arn=group.arn, format=ACCESS_LOG_FORMAT)


def streaming_uri(function: Function, settings: Settings) -> Output[str]:
    """Return the URI by which an API invokes a function that streams, which its alias does not know.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
    """
    lambdas = f"arn:{settings.partition.id}:apigateway:{settings.region}:lambda:path/2021-11-15/functions/"
    return Output.concat(lambdas, function.live.arn, "/response-streaming-invocations")


def _served(settings: Settings, functions: BackendFunctions) -> dict[str, _Served]:
    """Return what is behind each resource there is."""
    found: dict[str, _Served] = {}
    if functions.events:
        found[EVENTS] = _Served(
            function=functions.events,
            uri=streaming_uri(functions.events, settings),
            transfer={"response_transfer_mode": "STREAM", "timeout_milliseconds": LONGEST_STREAM_MS},
        )
    if functions.synchronous:
        found[SYNCHRONOUS] = _Served(
            function=functions.synchronous,
            uri=functions.synchronous.live.invoke_arn,
            # Said, as the provider would keep what was set before.
            transfer={"response_transfer_mode": "BUFFERED", "timeout_milliseconds": LONGEST_ANSWER_MS},
        )
    return found
