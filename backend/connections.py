"""Who is behind a connection: found out once, on `$connect`, and looked up for every message after it.

router ──▶ **owner_of** ──▶ connections table ──▶ `Caller`
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and on which connection."""

    owner: str
    connection_id: str


class NoIdentity(Exception):
    """The connection carries no identity that API Gateway has verified."""


def owner_of(event: Mapping[str, Any]) -> str:
    """Return who opened a connection, from its `$connect` event.

    In this order: the authorizer's principal, the caller's ARN, the access key of the credential the request was signed
    with (an emulator may give no ARN). The route's authorisation has verified each before the event exists.

    Raises:
        NoIdentity: There is none of these.
    """
    context = event["requestContext"]
    principal = (context.get("authorizer") or {}).get("principalId")
    user_arn = (context.get("identity") or {}).get("userArn")
    owner = principal or user_arn or _access_key(event)
    if not owner:
        raise NoIdentity
    return str(owner)


def _access_key(event: Mapping[str, Any]) -> str:
    """Return the access key of `X-Amz-Credential=AKIA…/date/region/service/aws4_request`, or nothing."""
    query = event.get("queryStringParameters") or {}
    return str(query.get("X-Amz-Credential", "")).split("/")[0]
