"""The requests that need no signature where analysts sign in with tokens, as the service asks by itself who is there.

request ──▶ **is_for_the_service**, **is_for_the_issuer** ──▶ guard. Pure.

They are those for the routes that an authorizer guards, and those for the issuer's own pages, addressed as plainly as
can be: no escapes, no dots, nothing that AWS would read as credentials or as the name of another service.
"""

import re
from collections.abc import Mapping

ARGUMENT = "tokens"
"""What the emulator's process is started with for these requests to pass."""
SOCKET = re.compile(r"/_aws/execute-api/[a-z0-9]+/[a-z0-9-]+", re.ASCII)
RESOURCE = re.compile(r"/_aws/execute-api/[a-z0-9]+/v1(/[\w~-][\w.~-]*)+", re.ASCII)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT"})
DESCRIPTION = re.compile(r"/[\w-]+_\w+/\.well-known/(openid-configuration|jwks\.json)", re.ASCII)
"""Of a pool, whose id has an underscore, unlike a bucket's name."""
PAGES = frozenset(
    {
        *(("GET", "/oauth2/authorize"), ("POST", "/login"), ("GET", "/logout")),
        *(("POST", "/oauth2/token"), ("GET", "/oauth2/userInfo")),
    }
)
BEARER = "bearer "


def is_for_the_service(kind: str, method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Return whether a request is for a route that an authorizer guards, with a token or with nothing."""
    if not headers.get("authorization", BEARER).lower().startswith(BEARER) or _names_aws(headers):
        return False
    if kind == "websocket":
        return SOCKET.fullmatch(path) is not None
    return method in METHODS and RESOURCE.fullmatch(path) is not None


def is_for_the_issuer(kind: str, method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Return whether a request is for a page of the issuer's, from no page or from one of these."""
    origin = headers.get("origin")
    if kind != "http" or _names_aws(headers) or origin not in (None, f"http://{headers.get('host')}"):
        return False
    return (method, path) in PAGES or (method == "GET" and DESCRIPTION.fullmatch(path) is not None)


def _names_aws(headers: Mapping[str, str]) -> bool:
    return any(name.startswith("x-amz-") for name in headers)
