"""Faults planted in the recorded graph of a stack whose analysts sign in with tokens."""

from tests.infra.policy_pack.faults import changed

ASKED, CLIENTS, USERS = "authorizers-ask-each-time", "clients-are-public", "users-are-made-by-administrators"
HTTP = "aws:apigatewayv2/authorizer:Authorizer::http"
SOCKET = "aws:apigatewayv2/authorizer:Authorizer::websocket"
REST = "aws:apigateway/authorizer:Authorizer::rest"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient::desktop"
POOL = "aws:cognito/userPool:UserPool::analysts"
AUTHORIZER = "aws:lambda/function:Function::authorizer"

TOKEN_FAULTS = {
    "authorizer that caches": changed(ASKED, HTTP, authorizerResultTtlInSeconds=300),
    "authorizer that caches unless told": changed(ASKED, HTTP, authorizerResultTtlInSeconds=None),
    "authorizer of the REST API that caches": changed(ASKED, REST, authorizerResultTtlInSeconds=1),
    "authorizer of the REST API that caches unless told": changed(ASKED, REST, authorizerResultTtlInSeconds=None),
    "token in the address": changed(ASKED, HTTP, identitySources=["$request.querystring.token"]),
    "token in the address of the socket": changed(
        ASKED, SOCKET, identitySources=["route.request.header.Authorization", "route.request.querystring.token"]
    ),
    "token in the address of the REST API": changed(ASKED, REST, identitySource="method.request.querystring.token"),
    "client with a secret": changed(CLIENTS, CLIENT, generateSecret=True),
    "implicit flow": changed(CLIENTS, CLIENT, allowedOauthFlows=["implicit"]),
    "implicit flow beside": changed(CLIENTS, CLIENT, allowedOauthFlows=["code", "implicit"]),
    "passwords beside the page": changed(
        CLIENTS, CLIENT, explicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
    ),
    "passwords unless told": changed(CLIENTS, CLIENT, explicitAuthFlows=None),
    "codes over plain http": changed(CLIENTS, CLIENT, callbackUrls=["http://reports.example.com/signed-in"]),
    "codes to a name that begins like this machine's": changed(
        CLIENTS, CLIENT, callbackUrls=["http://localhost.example.com/signed-in"]
    ),
    "tokens that cannot be taken back": changed(CLIENTS, CLIENT, enableTokenRevocation=False),
    "page that tells who has an account": changed(CLIENTS, CLIENT, preventUserExistenceErrors="LEGACY"),
    "pool with self sign-up": changed(USERS, POOL, adminCreateUserConfig={"allowAdminCreateUserOnly": False}),
    "pool with self sign-up unless told": changed(USERS, POOL, adminCreateUserConfig=None),
    "pool that anybody deletes": changed("protected-data-is-kept", POOL, deletionProtection="INACTIVE"),
    "pool without tags": changed("everything-is-tagged", POOL, tags={}),
    "authorizer longer than API Gateway waits": changed("functions-stay-within-limits", AUTHORIZER, timeout=60),
    "open upgrade": changed("routes-are-authorised", "aws:apigatewayv2/route:Route::connect", authorizationType="NONE"),
    "open resource": changed(
        "routes-are-authorised", "aws:apigatewayv2/route:Route::http-reports", authorizationType="NONE"
    ),
    "open method": changed("routes-are-authorised", "aws:apigateway/method:Method::events", authorization="NONE"),
}
