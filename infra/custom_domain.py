"""A domain of the operator's in front of an API, with a certificate of ACM, and its name where Route 53 keeps it.

settings, API ──▶ **CustomDomain** ──▶ stack outputs: what a name server has to point at

API Gateway lets no domain serve a WebSocket API and an HTTP API. Source:
https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
"""

from collections.abc import Mapping

import pulumi
from pulumi import Output, ResourceOptions
from pulumi_aws import apigatewayv2, route53

from backend.protocol.resources import VERSION
from infra.http_api import HttpApi
from infra.settings import Settings
from infra.websocket_api import WebSocketApi


class CustomDomain(pulumi.ComponentResource):
    """A domain that stands for one stage of one API. It answers once its name points at `target`."""

    def __init__(
        self,
        name: str,
        domain: str,
        settings: Settings,
        stage: apigatewayv2.Stage,
        path: str | None = None,
    ) -> None:
        """Declare it; `path` is where the stage is found below the domain, None for the domain itself."""
        super().__init__("reportwire:index:CustomDomain", name)
        assert settings.certificate_arn
        within = ResourceOptions(parent=self)
        declared = apigatewayv2.DomainName(
            name,
            domain_name=domain,
            domain_name_configuration=apigatewayv2.DomainNameDomainNameConfigurationArgs(
                certificate_arn=settings.certificate_arn, endpoint_type="REGIONAL", security_policy="TLS_1_2"
            ),
            opts=within,
        )
        apigatewayv2.ApiMapping(
            name,
            api_id=stage.api_id,
            domain_name=declared.id,
            stage=stage.name,
            api_mapping_key=path,
            opts=within,
        )
        at_gateway = declared.domain_name_configuration
        self.target: Output[str] = at_gateway.target_domain_name
        """The host that the domain's name has to be an alias of, or a CNAME."""
        if settings.hosted_zone_id:
            alias = route53.RecordAliasArgs(
                name=self.target, zone_id=at_gateway.hosted_zone_id, evaluate_target_health=False
            )
            route53.Record(name, zone_id=settings.hosted_zone_id, name=domain, type="A", aliases=[alias], opts=within)
        self.register_outputs({})


def declare(settings: Settings, api: WebSocketApi, http: HttpApi) -> Mapping[str, CustomDomain]:
    """Declare the domains that the settings name, and return them by name."""
    declared = {}
    if settings.socket_domain:
        declared[settings.socket_domain] = CustomDomain("socket", settings.socket_domain, settings, api.stage)
    if settings.https_domain:
        declared[settings.https_domain] = CustomDomain("https", settings.https_domain, settings, http.stage, VERSION)
    return declared
