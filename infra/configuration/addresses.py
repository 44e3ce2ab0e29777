"""The settings of where analysts reach a stack.

distributed ──▶ **Addresses** ──▶ sign_in, settings. Does not import pulumi.

Each group of settings stands on another, as msgspec lets no struct have two bases.
"""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from infra.configuration.distributed import Distributed
from infra.configuration.values import LOOPBACK, region_of

ENDPOINT = "wss://{apiId}.execute-api.{region}.{dnsSuffix}/{stage}"
HTTPS = "https://{apiId}.execute-api.{region}.{dnsSuffix}/v1"
"""Addresses of APIs without a domain of their own, whose parts are put in once they are known."""

_SOCKET_ADDRESS = Meta(
    pattern=rf"^(wss://[^\s/]\S*|ws://{LOOPBACK}(/\S*)?)(?<!/)\Z",
    description="an address like wss://reports.example.com, encrypted unless on loopback, without a / at its end",
)
_ADDRESS = Meta(
    pattern=rf"^(https://[^\s/]\S*|http://{LOOPBACK}(/\S*)?)/v1\Z",
    description="an address like https://reports.example.com/v1, encrypted unless it is on loopback",
)
_DOMAIN = Meta(
    pattern=r"^(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])\Z",
    description="the name of a host in small letters, like reports.example.com",
)
_CERTIFICATE = Meta(
    pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+\Z",
    description="the ARN of a certificate, like arn:aws:acm:eu-west-1:111122223333:certificate/1a2b",
)
_ZONE = Meta(pattern=r"^Z[A-Z0-9]{1,31}\Z", description="the id of a zone of Route 53, like Z1D633PJ")
_ORIGIN = rf"(https://[^\s,/]+|http://{LOOPBACK})"
_ORIGINS = Meta(
    pattern=rf"^{_ORIGIN}(,{_ORIGIN})*\Z",
    description="origins like https://intranet.example.com, encrypted unless on loopback, with commas between them",
)


class Addresses(Distributed, frozen=True, kw_only=True, rename="camel"):
    """Where analysts reach a stack: at API Gateway, at domains that it has there, or at a proxy of the operator's."""

    endpoint: Annotated[str, _SOCKET_ADDRESS] = ENDPOINT
    """The address the desktop connects to. With a domain that is not the stack's: `wss://reports.example.com`."""

    https: Annotated[str, _ADDRESS] = HTTPS
    """The address of the HTTP door, as `endpoint` is that of the WebSocket."""

    rest: Annotated[str, _ADDRESS] = HTTPS
    """The address of the REST API, where there is one: with `serverSentEvents` or `synchronousReports`."""

    socket_domain: Annotated[str, _DOMAIN] | None = None
    """A domain of the operator's for the WebSocket: the desktop then connects to `wss://` and this name."""

    https_domain: Annotated[str, _DOMAIN] | None = None
    """The same for the HTTP door, below `/v1`; it must be another one."""

    certificate_arn: Annotated[str, _CERTIFICATE] | None = None
    """The certificate of ACM, in the stack's region, for both domains: with their names, or with a wildcard.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
    """

    hosted_zone_id: Annotated[str, _ZONE] | None = None
    """Where Route 53 keeps the domains' names, which are made there. Without it the operator points them at `targets`,
    an output of the stack."""

    allowed_origins: Annotated[str, _ORIGINS] | None = None
    """Origins whose web pages may use the HTTP door, with commas between them: `https://intranet.example.com`."""

    @property
    def socket_address(self) -> str:
        """The address that the desktop connects to."""
        return f"wss://{self.socket_domain}" if self.socket_domain else self.endpoint

    @property
    def https_address(self) -> str:
        """The address of the HTTP door."""
        return f"https://{self.https_domain}/v1" if self.https_domain else self.https

    @property
    def management_endpoint(self) -> str:
        """The address for posts to connections: `endpoint` over http(s), whatever domain stands before it."""
        return "http" + self.endpoint.removeprefix("ws")

    @property
    def origins(self) -> list[str]:
        """The origins of `allowed_origins`."""
        return self.allowed_origins.split(",") if self.allowed_origins else []

    def contradictions_of_addresses(self, region: str) -> Iterator[str]:
        """Yield a sentence for each two of these settings that do not go together."""
        domains = {"socketDomain": self.socket_domain, "httpsDomain": self.https_domain}
        named = [key for key, domain in domains.items() if domain]
        if self.socket_domain and self.endpoint != ENDPOINT:
            yield "Set endpoint or socketDomain, not both."
        if self.https_domain and self.https != HTTPS:
            yield "Set https or httpsDomain, not both."
        if self.socket_domain and self.socket_domain == self.https_domain:
            yield "socketDomain and httpsDomain must differ: no domain serves a WebSocket API and an HTTP API."
        if named and not self.certificate_arn:
            yield f"{' and '.join(named)} need{'s' if len(named) == 1 else ''} certificateArn."
        for key, value in {"certificateArn": self.certificate_arn, "hostedZoneId": self.hosted_zone_id}.items():
            if value and not named:
                yield f"{key} is for socketDomain and httpsDomain, and neither is set."
        if self.certificate_arn and region_of(self.certificate_arn) != region:
            yield f"certificateArn is in another region than the stack, {region}."
