"""The policy that lets analysts connect, the group that has it, and the profile they connect with.

API address, issuer ──▶ **access** ──▶ stack outputs ──▶ analysts

Where analysts sign in with tokens there is neither: nothing in AWS knows them. Those who are IAM users join the group,
which goes with its stack. IAM Identity Center attaches policies by their names, so that of the policy is the same
however often the stack is made.

Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetcustom.html
"""

from dataclasses import dataclass
from typing import Any

from pulumi import Output, ResourceOptions
from pulumi_aws import iam

from infra import policies
from infra.http_api import HttpApi
from infra.rest_api import RestApi
from infra.settings import Settings
from infra.sign_in.issuer import Issuer
from infra.websocket_api import Address


@dataclass(frozen=True, kw_only=True)
class Analysts:
    """All that lets analysts in."""

    policy: iam.Policy
    group: iam.Group


def allow_connecting(settings: Settings, address: Address, http: HttpApi, rest: RestApi | None) -> Analysts:
    """Declare the policy of analysts: they may open a connection, or ask over HTTPS, and nothing else."""
    kept = ResourceOptions(protect=settings.protect_data)
    policy = iam.Policy(
        "connect",
        name=f"reportwire-{settings.stage}-connect",
        description="May connect to Reportwire.",
        policy=policies.document(
            policies.allow("Connect", ["execute-api:Invoke"], address.connect_arn),
            policies.allow("Ask", ["execute-api:Invoke"], http.invoke_arn, *([rest.invoke_arn] if rest else [])),
        ),
        opts=kept,
    )
    group = iam.Group("analysts", opts=kept)
    iam.GroupPolicyAttachment("analysts", group=group.name, policy_arn=policy.arn)
    return Analysts(policy=policy, group=group)


def profile(
    settings: Settings, address: Address, http: HttpApi, rest: RestApi | None, issuer: Issuer | None
) -> Output[dict[str, Any]]:
    """Return the desktop's profile, which holds no secret: the analyst signs with keys, or signs in, of their own.

    An object, not its text: `pulumi stack output profile --json` writes it as the document the desktop reads.
    """
    return Output.from_input(
        {
            "name": settings.stage,
            "endpoint": address.endpoint,
            "https": http.base,
            **({"events": rest.base} if rest and settings.server_sent_events else {}),
            "region": settings.region,
            "auth": issuer.profile() if issuer else {"mode": "iam"},
        }
    )
