"""The caller of a request: one function for every door, so that a person is the same on all of them.

router ── `$connect` ──▶ **sign_in_of** ──▶ connections table ──▶ `Caller`
http_router, events, synchronous ── request ──▶ **sign_in_of** ──▶ `Caller`
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.protocol.identity import session_names

NAMELESS_SESSION = (
    "The session of the role {role} is called {session}, which is no name of a person: "
    "assume the role with a role_session_name of your own."
)
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(iam|sts)::(?P<account>\d{12}):(?P<kind>[a-z-]+)(/(?P<name>[!-~]+))?", re.ASCII
)
_SESSION = re.compile(r"(?P<role>[\w+=,.@-]+)/(?P<session>[\w+=,.@-]+)", re.ASCII)
_PERMISSION_SET = re.compile(r"AWSReservedSSO_(?P<set>.+)_[0-9a-f]{16}", re.ASCII)
_ROLE_OF_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:assumed-role/(?P<role>[^/]+)/.+", re.ASCII)
_ISSUER_AND_SUBJECT = re.compile(r"https://[^|\s]+\|\S.*")


@dataclass(frozen=True, slots=True)
class Caller:
    """An owner of reports, and the connection of the request; over plain HTTPS there is none, which is an empty id."""

    owner: str
    connection_id: str = ""
    groups: frozenset[str] = frozenset()
    """The groups that the caller is in, of those that reports are for."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who was let in, and until when."""

    owner: str
    valid_until: datetime | None = None
    """The end of the token; None where the sign-in is not by one."""
    groups: frozenset[str] = frozenset()
    """Those of the token, or the name of the role."""

    def caller(self, connection_id: str = "") -> Caller:
        """Return who asks, on a connection or over plain HTTPS."""
        return Caller(self.owner, connection_id, self.groups)


class NoIdentity(Exception):
    """The request carries no identity that API Gateway has verified; `fields` are the names of what it has instead."""

    def __init__(self, message: str = "", *, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.fields = fields


class UnfitIdentity(NoIdentity):
    """The identity cannot own reports: it does not last, or may be chosen by whoever has it. The sentence says why."""

    def __init__(self, message: str, arn: str) -> None:
        super().__init__(message)
        self.arn = arn


def sign_in_of(event: Mapping[str, Any], *, access_key_is_identity: bool = False) -> SignIn:
    """Return who asks, as `owner_of` finds it, with what else is known of them. Raises what that raises."""
    owner = owner_of(event, access_key_is_identity=access_key_is_identity)
    return SignIn(owner, valid_until(event), _groups(event, owner))


def owner_of(event: Mapping[str, Any], *, access_key_is_identity: bool = False) -> str:
    """Return who asks, from the event of a `$connect` or of a request to the HTTP API or the REST API.

    In this order: the issuer and subject of a token, which an authorizer has checked, and the caller's ARN. With
    `access_key_is_identity`, the access key comes before the ARN: an emulator gives no ARN on `$connect`, where the key
    is read from the signature, and a person is to be the same on every door. Other parts of the request are not
    trusted: the route's authorisation has verified these alone before the event exists, and it verifies no signature on
    a route that does not ask for one.

    Raises:
        NoIdentity: There is none of these.
        UnfitIdentity: The ARN is of somebody who cannot own reports.
    """
    context = event["requestContext"]
    if owner := _owner_of_token(event):
        return owner
    verified = (context.get("authorizer") or {}).get("iam") or context.get("identity") or {}
    if access_key_is_identity:
        key = _access_key(event) if context.get("eventType") == "CONNECT" else verified.get("accessKey")
        if key:
            return str(key)
    if not verified.get("userArn"):
        raise NoIdentity(fields=tuple(sorted(verified)))
    return lasting(str(verified["userArn"]))


def valid_until(event: Mapping[str, Any]) -> datetime | None:
    """Return when the token ends with which somebody was let in; None where it was none.

    Raises:
        NoIdentity: The authorizer has not told: nobody is let in for ever.
    """
    if not _owner_of_token(event):
        return None
    told = _of_authorizer(event)
    try:
        return datetime.fromtimestamp(int(told["validUntil"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise NoIdentity(fields=tuple(sorted(told))) from error


def _groups(event: Mapping[str, Any], owner: str) -> frozenset[str]:
    """Return the groups that the authorizer tells, as a JSON array, or the name of the role that somebody has assumed.

    An IAM user is in none: which groups of IAM they are in stands in no request.
    """
    if _owner_of_token(event):
        return frozenset(json.loads(_of_authorizer(event).get("groups") or "[]"))
    session = _ROLE_OF_SESSION.fullmatch(owner)
    return frozenset({session["role"]} if session else ())


def _owner_of_token(event: Mapping[str, Any]) -> str:
    """Return issuer and subject as the authorizer has them, or nothing: what else it says is nobody."""
    told = _of_authorizer(event)
    principal = str(told.get("owner") or told.get("principalId") or "")
    return principal if _ISSUER_AND_SUBJECT.fullmatch(principal) else ""


def _of_authorizer(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the authorizer passed on, which an HTTP API has under `lambda`.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    authorizer = event["requestContext"].get("authorizer") or {}
    found: Mapping[str, Any] = authorizer.get("lambda") or authorizer
    return found


def lasting(arn: str) -> str:
    """Return the owner behind an ARN, which stays the same for a person and is nobody else's.

    | ARN | owner |
    |---|---|
    | an IAM user's | as it is |
    | a session of a role of Identity Center, `AWSReservedSSO_NAME_suffix` | without the suffix |
    | a session of another role | as it is: account, role, session |

    Identity Center makes the role again, with another suffix, when the permission set's last assignment has gone, and
    names sessions itself. Other sessions are named by whoever assumes the role, within the role's trust policy. A
    session of GetFederationToken is named by whoever has the keys of its user, and nothing can restrict that.

    Raises:
        UnfitIdentity: The root user, a federated user, a session without a name of its own, or another kind of ARN.

    Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    found = _ARN.fullmatch(arn)
    kind, name = (found["kind"], found["name"] or "") if found else ("", "")
    if kind == "user" and name:
        return arn
    if found and kind == "assumed-role" and (session := _SESSION.fullmatch(name)):
        return f"{arn.removesuffix(name)}{_lasting_role(arn, *session.group('role', 'session'))}"
    match kind:
        case "root":
            reason = "The root user cannot ask for reports: sign in as an IAM user, or with a role."
        case "federated-user":
            reason = "A federated user's name is not fixed: sign in as an IAM user, or with a role."
        case _:
            reason = "This kind of AWS identity cannot ask for reports: sign in as an IAM user, or with a role."
    raise UnfitIdentity(reason, arn)


def _lasting_role(arn: str, role: str, session: str) -> str:
    permission_set = _PERMISSION_SET.fullmatch(role)
    if permission_set:
        return f"AWSReservedSSO_{permission_set['set']}/{session}"
    if role.startswith("AWSReservedSSO_"):  # else it could be taken for the permission set of that name
        raise UnfitIdentity(f"The role {role} is none that Identity Center has made.", arn)
    if session_names.is_default(session):
        raise UnfitIdentity(NAMELESS_SESSION.format(role=role, session=session), arn)
    return f"{role}/{session}"


def _access_key(event: Mapping[str, Any]) -> str | None:
    """Return the access key of `AKIA…/date/region/service/aws4_request` in the query or the header, if one is there."""
    query = event.get("queryStringParameters") or {}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    in_query = str(query.get("X-Amz-Credential", ""))
    in_header = re.search("Credential=([^,]*)", str(headers.get("authorization", "")))
    credentials = [in_query, in_header[1] if in_header else ""]
    keys = {credential.partition("/")[0] for credential in credentials} - {""}
    return keys.pop() if len(keys) == 1 else None
