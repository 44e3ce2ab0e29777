"""The policy that lets analysts connect, and the profile they connect with.

API address ──▶ **access** ──▶ stack outputs ──▶ analysts
"""

from typing import Any

from pulumi import Output
from pulumi_aws import iam

from infra import policies
from infra.http_api import HttpApi
from infra.rest_api import RestApi
from infra.settings import Settings
from infra.websocket_api import Address


def allow_connecting(address: Address, http: HttpApi, rest: RestApi | None) -> iam.Policy:
    """Declare the policy to attach to analysts: they may open a connection, or ask over HTTPS, and nothing else."""
    return iam.Policy(
        "connect",
        description="May connect to Reportwire.",
        policy=policies.document(
            policies.allow("Connect", ["execute-api:Invoke"], address.connect_arn),
            policies.allow("Ask", ["execute-api:Invoke"], http.invoke_arn, *([rest.invoke_arn] if rest else [])),
        ),
    )


def profile(settings: Settings, address: Address, http: HttpApi, rest: RestApi | None) -> Output[dict[str, Any]]:
    """Return the desktop's profile, which holds no secret: the desktop signs with the analyst's own.

    An object, not its text: `pulumi stack output profile --json` writes it as the document the desktop reads.
    """
    return Output.from_input(
        {
            "name": settings.stage,
            "endpoint": address.endpoint,
            "https": http.base,
            **({"events": rest.base} if rest and settings.server_sent_events else {}),
            "region": settings.region,
            "auth": {"mode": "iam"},
        }
    )
