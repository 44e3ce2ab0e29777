"""The caller of a request: identified once, on `$connect`, and looked up for every message after it.

router ──▶ **owner_of** ──▶ connections table ──▶ `Caller`
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """An owner of reports, and the connection of the request."""

    owner: str
    connection_id: str


class NoIdentity(Exception):
    """The connection carries no identity that API Gateway has verified."""


def owner_of(event: Mapping[str, Any], *, access_key_is_identity: bool = False) -> str:
    """Return who opened a connection, from its `$connect` event.

    In this order: the authorizer's principal, the caller's ARN, and with `access_key_is_identity` the access key of the
    credential that the request was signed with, as an emulator may give no ARN. Other parts of the request are not
    trusted: the route's authorisation has verified these alone before the event exists.

    Raises:
        NoIdentity: There is none of these.
    """
    context = event["requestContext"]
    principal = (context.get("authorizer") or {}).get("principalId")
    user_arn = (context.get("identity") or {}).get("userArn")
    owner = principal or user_arn
    if not owner and access_key_is_identity and context.get("eventType") == "CONNECT":
        owner = _access_key(event)
    if not owner:
        raise NoIdentity
    return str(owner)


def _access_key(event: Mapping[str, Any]) -> str | None:
    """Return the access key of `AKIA…/date/region/service/aws4_request` in the query or the header, if one is there."""
    query = event.get("queryStringParameters") or {}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    in_query = str(query.get("X-Amz-Credential", ""))
    in_header = re.search("Credential=([^,]*)", str(headers.get("authorization", "")))
    credentials = [in_query, in_header[1] if in_header else ""]
    keys = {credential.partition("/")[0] for credential in credentials} - {""}
    return keys.pop() if len(keys) == 1 else None
