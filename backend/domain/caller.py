"""The caller of a request: one function for every door, so that a person is the same on all of them.

router ── `$connect` ──▶ **owner_of** ──▶ connections table ──▶ `Caller`
http_router, events, synchronous ── request ──▶ **owner_of** ──▶ `Caller`
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """An owner of reports, and the connection of the request; over plain HTTPS there is none, which is an empty id."""

    owner: str
    connection_id: str = ""


class NoIdentity(Exception):
    """The request carries no identity that API Gateway has verified."""


def owner_of(event: Mapping[str, Any], *, access_key_is_identity: bool = False) -> str:
    """Return who asks, from the event of a `$connect` or of a request to the HTTP API or the REST API.

    In this order: the authorizer's principal, and the caller's ARN. With `access_key_is_identity`, the access key comes
    before the ARN: an emulator gives no ARN on `$connect`, where the key is read from the signature, and a person is to
    be the same on every door. Other parts of the request are not trusted: the route's authorisation has verified these
    alone before the event exists, and it verifies no signature on a route that does not ask for one.

    Raises:
        NoIdentity: There is none of these.
    """
    context = event["requestContext"]
    authorizer = context.get("authorizer") or {}
    verified = authorizer.get("iam") or context.get("identity") or {}
    owner = authorizer.get("principalId")
    if not owner and access_key_is_identity:
        owner = _access_key(event) if context.get("eventType") == "CONNECT" else verified.get("accessKey")
    owner = owner or verified.get("userArn")
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
