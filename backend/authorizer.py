"""Entry point of the authorizer: who asks, on the way into the WebSocket API and the HTTP API alike.

API Gateway ── `Authorization: Bearer …` ──▶ **handler** ──▶ tokens ──▶ a policy for this request, and whose it is

The function behind the API reads the owner from `requestContext.authorizer`, and when the token ends: a connection
outlives its handshake, and is not to outlive the sign-in. Sources:
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html,
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

import json
import logging
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from backend.tokens.verification import Identity, InvalidToken
from backend.wiring import is_in_lambda

if TYPE_CHECKING:
    from backend.tokens.verification import Verification

log = logging.getLogger(__name__)

SCHEME = "bearer "
NOBODY = "nobody"


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Return what API Gateway is to do with a request."""
    return authorize(event, _deployed())


def authorize(event: Mapping[str, Any], verification: "Verification") -> dict[str, Any]:
    """Return a policy that allows or denies this one request, with the identity as texts.

    Raises:
        KeysUnavailable: Nobody can be told apart now; API Gateway answers 500, and the client tries again.
    """
    resource = str(event.get("methodArn") or event["routeArn"])
    try:
        identity = verification.identity(_token(event))
    except InvalidToken as refusal:
        log.warning("token refused", extra={"reason": str(refusal)})
        return _answer(NOBODY, "Deny", resource, {})
    return _answer(identity.owner, "Allow", resource, _context_of(identity))


def _token(event: Mapping[str, Any]) -> str:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    value = str(headers.get("authorization", ""))
    if not value.lower().startswith(SCHEME):
        raise InvalidToken("there is none")
    return value[len(SCHEME) :].strip()


def _context_of(identity: Identity) -> dict[str, str]:
    """Return the identity as API Gateway passes it on: texts alone, so that the groups are a JSON array in one."""
    groups = json.dumps(identity.groups, ensure_ascii=False)
    return {"owner": identity.owner, "validUntil": str(identity.valid_until), "groups": groups}


def _answer(principal: str, effect: str, resource: str, context: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": principal, "policyDocument": document, "context": context}


@cache
def _deployed() -> "Verification":
    """Compose the verification, once a process."""
    from backend.wiring import for_authorizer  # noqa: PLC0415  who imports this module for a name needs no settings

    return for_authorizer.deployed()


if is_in_lambda():
    _deployed()
