"""A request as the HTTP API or the REST API hands it over, read strictly.

http_router ── event (payload format 2.0) ──▶ **HttpRequest** ──▶ resources
events, synchronous ── event (payload format 1.0) ──▶ **HttpRequest** ──▶ resources

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec

from backend.protocol import quotas
from backend.protocol.members import InvalidMembers, read_data
from backend.protocol.messages import Data, ErrorCode
from backend.protocol.refusals import invalid, refused_fields
from backend.web.problems import Problem

Kind = TypeVar("Kind", bound=Data)
MOST_QUERY_FIELDS = 60
_WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request. Names of headers are in small letters."""

    method: str
    resource: str
    """One of `backend.protocol.resources`: `/reports/{reportId}`."""
    path: Mapping[str, str]
    """What stands in the place of the resource's parameters."""
    raw_query: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Self:
        """Read an event of the HTTP API."""
        return cls(
            method=event["requestContext"]["http"]["method"],
            resource=event["routeKey"].partition(" ")[2],
            path=event.get("pathParameters") or {},
            raw_query=event.get("rawQueryString") or "",
            headers=_headers(event),
            body=_body(event),
        )

    @classmethod
    def of_rest(cls, event: Mapping[str, Any]) -> Self:
        """Read an event of the REST API (payload format 1.0), which has the query decoded."""
        return cls(
            method=event["httpMethod"],
            resource=event["resource"],
            path=event.get("pathParameters") or {},
            raw_query=urlencode(event.get("multiValueQueryStringParameters") or {}, doseq=True),
            headers=_headers(event),
            body=_body(event),
        )

    def query(self) -> dict[str, str]:
        """Return the parameters of the query, but for those of a signature.

        Raises:
            RefusedRequest: `invalidMessage`: it is no query, or names something twice.
        """
        try:
            pairs = parse_qsl(self.raw_query, keep_blank_values=True, errors="strict", max_num_fields=MOST_QUERY_FIELDS)
        except ValueError as error:
            raise invalid("The query cannot be read.") from error
        given: dict[str, str] = {}
        for name, value in pairs:
            if name.lower().startswith("x-amz-"):
                continue
            if name in given:
                raise refused_fields(ErrorCode.INVALID_MESSAGE, "query", {name: "is given twice"})
            given[name] = value
        return given

    def read_query(self, kind: type[Kind]) -> Kind:
        """Return the query as data of that kind. Raises `RefusedRequest`."""
        return _read("query", kind, {name: _number(value) for name, value in self.query().items()})

    def read_body(self, kind: type[Kind]) -> Kind:
        """Return the body as data of that kind. Raises `RefusedRequest` and `Problem`."""
        return _read("body", kind, self.members())

    def members(self) -> dict[str, Any]:
        """Return the members of the body; none of an empty one.

        Raises:
            Problem: It is too large, or is not said to be JSON.
            RefusedRequest: `invalidMessage`: it is no JSON object.
        """
        if len(self.body) > quotas.FRAME_SIZE_BYTES:
            reason = f"The body is larger than {quotas.FRAME_SIZE_BYTES:,} bytes."
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ErrorCode.INVALID_MESSAGE, reason)
        if not self.body:
            return {}
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            reason = "The body needs the header Content-Type: application/json."
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, ErrorCode.INVALID_MESSAGE, reason)
        try:
            members = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise invalid("The body is not JSON.") from error
        if not isinstance(members, dict):
            raise invalid("The body is not a JSON object.")
        return members


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def _read(where: str, kind: type[Kind], members: Mapping[str, Any]) -> Kind:
    try:
        return read_data(kind, members)
    except InvalidMembers as error:
        raise refused_fields(ErrorCode.INVALID_MESSAGE, where, error.fields) from error


def _number(text: str) -> object:
    return int(text) if _WHOLE.fullmatch(text) else text
