"""The settings of how analysts sign in.

addresses ──▶ **SignIn** ──▶ settings. Does not import pulumi.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from infra.configuration.addresses import Addresses
from infra.configuration.values import LOOPBACK

POOL_ID = "{poolId}"
"""The place of the id of the stack's own user pool in `discoveryUrl`."""
NOT_IN_ADDRESSES = ("amazon", "aws", "cognito")
"""Words that Cognito allows in no address of a sign-in page.

Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
"""
OWN_GROUPS_CLAIM = "cognito:groups"
"""Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html"""
USUAL_GROUPS_CLAIM = "groups"

_ISSUER = Meta(
    pattern=r"^https://[^\s/?#@|]+(/[^\s?#|]*)?\Z",
    description="an address like https://login.example.com/tenant, exactly as tokens have it in iss",
)
_DISCOVERY = Meta(
    pattern=rf"^(https://[^\s/@]+|http://{LOOPBACK})/\S+\Z",
    description="an address like https://login.example.com/.well-known/openid-configuration",
)
_NAME = Meta(pattern=r"^[!-~]+\Z", description="a text of letters, digits and marks, without spaces")


class SignIn(Addresses, frozen=True, kw_only=True, rename="camel"):
    """How analysts sign in: with AWS credentials, or with tokens of an issuer of OpenID Connect.

    The issuer is one of the operator's, with `issuer` and `clientId`; without these it is a Cognito user pool that the
    stack makes.
    """

    auth: Literal["iam", "oidc"] = "iam"
    """`iam`: requests are signed with AWS credentials. `oidc`: they bear a token, which an authorizer checks."""

    issuer: Annotated[str, _ISSUER] | None = None
    """What tokens have in `iss`, to the letter."""

    client_id: Annotated[str, _NAME] | None = None
    """The id that the issuer gave the desktop, as a public client."""

    audience: Annotated[str, _NAME] | None = None
    """What tokens have in `aud`; without it they have to name the client, in `client_id` or `azp`."""

    discovery_url: Annotated[str, _DISCOVERY] | None = None
    """Where the issuer describes itself, if not at `/.well-known/openid-configuration` below `issuer`.

    For the stack's own pool, `{poolId}` stands for the pool's id: the emulator's is elsewhere than its issuer says.
    """

    groups_claim: Annotated[str, _NAME] | None = None
    """Where tokens have the names of a person's groups; else `groups`. The stack's own pool has `cognito:groups`."""

    @property
    def has_own_pool(self) -> bool:
        """Whether the stack makes the issuer itself."""
        return self.auth == "oidc" and self.issuer is None

    def contradictions_of_sign_in(self, stage: str) -> Iterator[str]:
        """Yield a sentence for each two of these settings that do not go together."""
        named = {
            "issuer": self.issuer,
            "clientId": self.client_id,
            "audience": self.audience,
            "discoveryUrl": self.discovery_url,
            "groupsClaim": self.groups_claim,
        }
        if self.auth == "iam":
            yield from (f"{name} is for auth: oidc." for name, value in named.items() if value)
            return
        if (self.issuer is None) != (self.client_id is None):
            yield "issuer and clientId go together: the issuer gives the id to the desktop."
        elif self.issuer:
            if POOL_ID in (self.discovery_url or ""):
                yield f"discoveryUrl names the stack's own pool by {POOL_ID}, and there is none with an issuer."
        else:
            yield from self._contradictions_of_own_pool(stage)

    def _contradictions_of_own_pool(self, stage: str) -> Iterator[str]:
        for name, value in (("audience", self.audience), ("groupsClaim", self.groups_claim)):
            if value:
                yield f"{name} is for an issuer of yours: set issuer and clientId too."
        if self.discovery_url and POOL_ID not in self.discovery_url:
            yield f"discoveryUrl is for an issuer of yours, or has {POOL_ID} where the id of the stack's own pool goes."
        for word in NOT_IN_ADDRESSES:
            if word in stage:
                yield f"The stack's name must not contain {word}: Cognito allows it in no address of a sign-in page."
