"""Rules on who may do what, and who may ask.

declarations ──▶ **ACCESS** ──▶ rules. Pure.
"""

from collections.abc import Iterable, Iterator

from backend.protocol.resources import DOCUMENTS
from infra.policy_pack.declaration import Declaration, Stack
from infra.policy_pack.documents import documents, faults_of
from infra.policy_pack.rule import ResourceRule, Rule, StackRule

API = "aws:apigatewayv2/api:Api"
ROUTE = "aws:apigatewayv2/route:Route"
METHOD = "aws:apigateway/method:Method"
URL = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION = "aws:lambda/permission:Permission"
OPEN_ROUTES = frozenset(f"ANY {resource}" for resource in DOCUMENTS)
"""Routes of the HTTP API that anybody may ask: the descriptions of the doors."""
PREFLIGHT = "OPTIONS"
"""The method of requests that browsers send unsigned, and which do nothing."""


def _grants_no_more(resource: Declaration) -> Iterable[str]:
    for document in documents(resource):
        yield from faults_of(document)


def _are_authorised(stack: Stack) -> Iterator[tuple[Declaration, str]]:
    message = "answers whoever asks"
    for method in stack.of_type(METHOD):
        if method.properties.get("httpMethod") != PREFLIGHT and method.properties.get("authorization") == "NONE":
            yield method, message
    sockets = {api.key for api in stack.of_type(API) if api.properties.get("protocolType") == "WEBSOCKET"}
    connecting = set()
    for route in stack.of_type(ROUTE):
        apis = {api.key for api in stack.needed(route, "apiId", API)}
        is_open = route.properties.get("authorizationType") in (None, "NONE")
        key = route.properties["routeKey"]
        if apis & sockets:  # API Gateway authorises the upgrade, and no message after it
            connecting |= apis if key == "$connect" else set()
            is_open &= key == "$connect"
        elif key in OPEN_ROUTES or key.startswith(f"{PREFLIGHT} "):
            is_open = False
        if is_open:
            yield route, message
    for api in stack.of_type(API):
        if api.key in sockets - connecting:
            yield api, "has no route $connect that authorises"


def _is_reached_through_an_api(resource: Declaration) -> Iterable[str]:
    if resource.type == URL:
        yield "opens a function to the internet beside the APIs"
    if resource.type == PERMISSION and resource.properties.get("principal") == "*":
        yield "lets everybody invoke a function"


ACCESS: tuple[Rule, ...] = (
    ResourceRule(
        name="policies-name-what-they-allow",
        description="No policy document allows actions, resources or callers by a wildcard.",
        check=_grants_no_more,
    ),
    StackRule(
        name="routes-are-authorised",
        description="Every route is authorised, but for the documented ones; of a WebSocket it is $connect.",
        check=_are_authorised,
    ),
    ResourceRule(
        name="functions-have-no-url",
        description="Functions are reached through the APIs alone.",
        check=_is_reached_through_an_api,
    ),
)
