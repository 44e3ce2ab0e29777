"""The issuer whose tokens count: one of the operator's, or a Cognito user pool of the stack's own.

settings ──▶ **trusted_issuer** ──▶ authorizer's variables, profile

Administrators make the pool's users; whoever else finds its page can do nothing there. The client is public, as a
program on everybody's desk keeps no secret: a code is of use only to who began the sign-in (PKCE), and comes back to
this machine alone. Sources: https://www.rfc-editor.org/rfc/rfc8252,
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_aws import cognito

from backend.protocol.identity.redirects import REDIRECTS, SCOPES
from infra.configuration.sign_in import OWN_GROUPS_CLAIM, POOL_ID, USUAL_GROUPS_CLAIM
from infra.settings import Settings

ACCESS_TOKEN_MINUTES = 60
"""How long somebody who was locked out can still ask: nothing takes an access token back."""
REFRESH_TOKEN_DAYS = 30
"""How long somebody who does not open the desktop stays signed in. Signing out ends it at once."""
LEAST_PASSWORD = 12
"""Characters."""
INVITATION_DAYS = 7
"""How long the password of an invitation is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """What makes a token one that counts."""

    issuer: Input[str]
    """What it has in `iss`."""
    client_id: Input[str]
    audience: str | None
    discovery_url: Input[str] | None
    """Where the issuer describes itself; None for the usual place below `issuer`."""
    groups_claim: str
    pool_id: Output[str] | None = None
    """The stack's own pool, if that is the issuer."""

    def variables(self) -> dict[str, Input[str]]:
        """Return what the authorizer reads of it."""
        optional = {"AUDIENCE": self.audience, "DISCOVERY_URL": self.discovery_url}
        return {
            "ISSUER": self.issuer,
            "CLIENT_ID": self.client_id,
            "GROUPS_CLAIM": self.groups_claim,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def profile(self) -> dict[str, Any]:
        """Return how the desktop signs in. There is no secret in it."""
        optional = {"audience": self.audience, "discoveryUrl": self.discovery_url}
        return {
            "mode": "oidc",
            "issuer": self.issuer,
            "clientId": self.client_id,
            **{name: value for name, value in optional.items() if value is not None},
        }


def trusted_issuer(settings: Settings) -> Issuer | None:
    """Declare the issuer of a stack, None for one whose analysts sign with AWS credentials."""
    if settings.has_own_pool:
        return UserPool(settings).issuer
    if settings.issuer is None or settings.client_id is None:
        return None
    return Issuer(
        issuer=settings.issuer,
        client_id=settings.client_id,
        audience=settings.audience,
        discovery_url=settings.discovery_url,
        groups_claim=settings.groups_claim or USUAL_GROUPS_CLAIM,
    )


class UserPool(ComponentResource):
    """People, the desktop as their client, and the address of the page on which they sign in."""

    def __init__(self, settings: Settings, opts: ResourceOptions | None = None) -> None:
        super().__init__("reportwire:index:UserPool", "user-pool", None, opts)
        self._settings = settings
        self._kept = ResourceOptions(parent=self, protect=settings.protect_data)
        self.pool = self._pool()
        self.client = self._client()
        cognito.UserPoolDomain(
            "analysts",
            domain=self.pool.id.apply(lambda pool_id: page_prefix(settings.stage, pool_id)),
            user_pool_id=self.pool.id,
            opts=ResourceOptions(parent=self),
        )
        self.issuer = Issuer(
            issuer=Output.concat(
                f"https://cognito-idp.{settings.region}.{settings.partition.dns_suffix}/", self.pool.id
            ),
            client_id=self.client.id,
            audience=None,
            discovery_url=self._discovery_url(),
            groups_claim=OWN_GROUPS_CLAIM,
            pool_id=self.pool.id,
        )
        self.register_outputs({})

    def _pool(self) -> cognito.UserPool:
        return cognito.UserPool(
            "analysts",
            admin_create_user_config=cognito.UserPoolAdminCreateUserConfigArgs(allow_admin_create_user_only=True),
            username_attributes=["email"],
            username_configuration=cognito.UserPoolUsernameConfigurationArgs(case_sensitive=False),
            auto_verified_attributes=["email"],
            account_recovery_setting=cognito.UserPoolAccountRecoverySettingArgs(
                recovery_mechanisms=[
                    cognito.UserPoolAccountRecoverySettingRecoveryMechanismArgs(name="verified_email", priority=1)
                ]
            ),
            password_policy=cognito.UserPoolPasswordPolicyArgs(
                minimum_length=LEAST_PASSWORD,
                require_lowercase=True,
                require_numbers=True,
                require_symbols=True,
                require_uppercase=True,
                temporary_password_validity_days=INVITATION_DAYS,
            ),
            deletion_protection="ACTIVE" if self._settings.protect_data else "INACTIVE",
            opts=self._kept,
        )

    def _client(self) -> cognito.UserPoolClient:
        return cognito.UserPoolClient(
            "desktop",
            user_pool_id=self.pool.id,
            generate_secret=False,
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=list(SCOPES),
            callback_urls=list(REDIRECTS),
            supported_identity_providers=["COGNITO"],
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],  # passwords go to the page alone
            access_token_validity=ACCESS_TOKEN_MINUTES,
            id_token_validity=ACCESS_TOKEN_MINUTES,
            refresh_token_validity=REFRESH_TOKEN_DAYS,
            token_validity_units=cognito.UserPoolClientTokenValidityUnitsArgs(
                access_token="minutes",  # noqa: S106  a unit
                id_token="minutes",  # noqa: S106  likewise
                refresh_token="days",  # noqa: S106  likewise
            ),
            enable_token_revocation=True,
            prevent_user_existence_errors="ENABLED",
            opts=self._kept,
        )

    def _discovery_url(self) -> Output[str] | None:
        template = self._settings.discovery_url
        return self.pool.id.apply(lambda pool_id: template.replace(POOL_ID, pool_id)) if template else None


def page_prefix(stage: str, pool_id: str) -> str:
    """Return the first part of the host of a pool's page, which no other pool of the region may have, whoever's it is.

    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
    """
    unlike_others = hashlib.sha256(pool_id.encode()).hexdigest()[:10]
    return f"reportwire-{stage}-{unlike_others}"
