"""Apply a pool of users, which a stack need not have, with its client and its sign-in page.

apply ──▶ **pool_appliers** ──▶ boto3
"""

from infra.local.applying.applier import Applier, Clients, physical_name
from infra.local.applying.inputs import Inputs, pascal
from infra.local.recording.graph import Attributes


def create_pool(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a pool of users."""
    pool = aws("cognito-idp").create_user_pool(
        PoolName=physical_name(name, inputs),
        AdminCreateUserConfig=pascal(inputs["adminCreateUserConfig"]),
        UsernameAttributes=inputs["usernameAttributes"],
        UsernameConfiguration=pascal(inputs["usernameConfiguration"]),
        AutoVerifiedAttributes=inputs["autoVerifiedAttributes"],
        AccountRecoverySetting=pascal(inputs["accountRecoverySetting"]),
        Policies={"PasswordPolicy": pascal(inputs["passwordPolicy"])},
        DeletionProtection=inputs["deletionProtection"],
        UserPoolTags=inputs["tags"],
    )["UserPool"]
    return {"id": pool["Id"], "name": pool["Name"], "arn": pool["Arn"]}


def create_client(aws: Clients, name: str, inputs: Inputs) -> Attributes:
    """Create a client of a pool."""
    client = aws("cognito-idp").create_user_pool_client(
        UserPoolId=inputs["userPoolId"],
        ClientName=physical_name(name, inputs),
        GenerateSecret=inputs["generateSecret"],
        AllowedOAuthFlowsUserPoolClient=inputs["allowedOauthFlowsUserPoolClient"],
        AllowedOAuthFlows=inputs["allowedOauthFlows"],
        AllowedOAuthScopes=inputs["allowedOauthScopes"],
        CallbackURLs=inputs["callbackUrls"],
        SupportedIdentityProviders=inputs["supportedIdentityProviders"],
        ExplicitAuthFlows=inputs["explicitAuthFlows"],
        AccessTokenValidity=inputs["accessTokenValidity"],
        IdTokenValidity=inputs["idTokenValidity"],
        RefreshTokenValidity=inputs["refreshTokenValidity"],
        TokenValidityUnits=pascal(inputs["tokenValidityUnits"]),
        EnableTokenRevocation=inputs["enableTokenRevocation"],
        PreventUserExistenceErrors=inputs["preventUserExistenceErrors"],
    )["UserPoolClient"]
    return {"id": client["ClientId"], "name": client["ClientName"]}


def create_domain(aws: Clients, _name: str, inputs: Inputs) -> Attributes:
    """Give a pool's sign-in page an address. It is served at the emulator's own all the same: see `differences`."""
    aws("cognito-idp").create_user_pool_domain(UserPoolId=inputs["userPoolId"], Domain=inputs["domain"])
    return {"id": inputs["domain"]}


APPLIERS: dict[str, Applier] = {
    "aws:cognito/userPool:UserPool": create_pool,
    "aws:cognito/userPoolClient:UserPoolClient": create_client,
    "aws:cognito/userPoolDomain:UserPoolDomain": create_domain,
}
