"""Rules on sign-in with tokens: who is asked, who may sign in, and who may be a client.

declarations ──▶ **TOKENS** ──▶ rules. Pure.
"""

import re
from collections.abc import Iterable, Iterator

from infra.policy_pack.declaration import UNKNOWN, Declaration, Stack, at, is_on, may_be
from infra.policy_pack.rule import ResourceRule, Rule, StackRule

API = "aws:apigatewayv2/api:Api"
AUTHORIZERS = ("aws:apigatewayv2/authorizer:Authorizer", "aws:apigateway/authorizer:Authorizer")
POOL = "aws:cognito/userPool:UserPool"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"
TOKEN_HEADER = re.compile(r"(\$request|(route|method)\.request)\.header\.authorization", re.IGNORECASE)
RETURN = re.compile(r"https://\S+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?")
"""Where a code may be sent. Source: https://www.rfc-editor.org/rfc/rfc8252#section-7.3"""
REFRESHING = "ALLOW_REFRESH_TOKEN_AUTH"


def _ask_each_time(stack: Stack) -> Iterator[tuple[Declaration, str]]:
    for authorizer in stack.of_type(*AUTHORIZERS):
        properties = authorizer.properties
        if "JWT" in (properties.get("authorizerType"), properties.get("type")):
            continue
        apis = stack.needed(authorizer, "apiId", API)
        is_of_socket = bool(apis) and all(api.properties.get("protocolType") == "WEBSOCKET" for api in apis)
        kept_s = properties.get("authorizerResultTtlInSeconds")
        if not may_be(kept_s, 0) and not (is_of_socket and kept_s is None):  # a WebSocket API keeps nothing
            yield authorizer, "keeps its results, which are for one request and one moment"
        if any(not TOKEN_HEADER.fullmatch(source) for source in _sources(authorizer)):
            yield authorizer, "reads more than the header Authorization, and addresses end up in logs"


def _sources(authorizer: Declaration) -> list[str]:
    """Return what an authorizer is told of a request, as far as it is known."""
    found = authorizer.properties.get("identitySources", authorizer.properties.get("identitySource"))
    if found is None or found is UNKNOWN:
        return []
    listed = found.split(",") if isinstance(found, str) else found
    return [source.strip() for source in listed if isinstance(source, str)]


def _keeps_no_secret(client: Declaration) -> Iterable[str]:
    if client.type != CLIENT:
        return
    properties = client.properties
    if properties.get("generateSecret") not in (None, False, UNKNOWN):
        yield "has a secret, which a program on everybody's desk cannot keep"
    if not may_be(properties.get("allowedOauthFlows"), ["code"]):
        yield "gives tokens by another flow than that of the authorization code"
    flows = properties.get("explicitAuthFlows")
    if flows is not UNKNOWN and set(flows or ["ALLOW_USER_SRP_AUTH"]) - {REFRESHING, UNKNOWN}:
        yield "takes passwords beside the sign-in page"
    places = properties.get("callbackUrls")
    if places is not UNKNOWN and any(each is not UNKNOWN and not RETURN.fullmatch(each) for each in places or ()):
        yield "sends codes over plain http to another machine"
    if properties.get("enableTokenRevocation") is False:
        yield "keeps tokens good after signing out"
    if not may_be(properties.get("preventUserExistenceErrors"), "ENABLED"):
        yield "tells who has an account"


def _are_made_by_administrators(pool: Declaration) -> Iterable[str]:
    if pool.type == POOL and not is_on(at(pool.properties, "adminCreateUserConfig", "allowAdminCreateUserOnly")):
        yield "lets anybody make an account, and ask for reports with it"


TOKENS: tuple[Rule, ...] = (
    StackRule(
        name="authorizers-ask-each-time",
        description="Authorizers keep no results, and read the token from its header alone.",
        check=_ask_each_time,
    ),
    ResourceRule(
        name="clients-are-public",
        description="Clients of a user pool have no secret, and get tokens for authorization codes alone.",
        check=_keeps_no_secret,
    ),
    ResourceRule(
        name="users-are-made-by-administrators",
        description="Nobody makes an account in a user pool for themselves.",
        check=_are_made_by_administrators,
    ),
)
