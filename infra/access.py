"""Who may connect, and the profile they connect with.

API address ──▶ **access** ──▶ stack outputs ──▶ analysts
"""

import pulumi
from pulumi import Output
from pulumi_aws import iam

from infra import policies
from infra.settings import Settings
from infra.websocket_api import Address


def allow_connecting(address: Address) -> iam.Policy:
    """Declare the policy to attach to analysts: they may open a connection and nothing else."""
    return iam.Policy(
        "connect",
        description="May connect to Reportwire.",
        policy=policies.document(policies.allow("Connect", ["execute-api:Invoke"], address.connect_arn)),
    )


def profile(settings: Settings, address: Address) -> Output[str]:
    """Return the desktop's profile document. It holds no secret: the desktop signs with the analyst's own."""
    return pulumi.Output.json_dumps(
        {
            "name": settings.stage,
            "endpoint": address.endpoint,
            "region": settings.region,
            "auth": {"mode": "iam"},
        }
    )
