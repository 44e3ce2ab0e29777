"""Events of a REST API, as Lambda gets them from its proxy integration.

request ──▶ **event_of** ──▶ runtime_api

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.faults.edge.signatures import access_key_of
from tests.http_wire import Head

_PREFIX = re.compile(r"/_aws/execute-api/[^/]+/(?P<stage>[^/]+)(?P<path>/.*)")
"""The path of an API on the emulator; on AWS the host names the API, and the path begins with the stage."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the API: a path with parameters, of which `{proxy+}` takes all that is left."""

    template: str

    def parameters(self, path: str) -> dict[str, str] | None:
        """Return the parameters of a path, None if it is another resource's."""
        parts = re.split(r"\{(\w+)(\+?)\}", self.template)
        pattern = re.escape(parts[0])
        for name, is_greedy, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            pattern += f"(?P<{name}>{'.+' if is_greedy else '[^/]+'}){re.escape(literal)}"
        found = re.fullmatch(pattern, path)
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


def event_of(head: Head, resource: Resource, identity: Mapping[str, str | None]) -> dict[str, Any] | None:
    """Return the event of a request without a body, None if it is not for the resource."""
    url = urlsplit(head.target)
    prefixed = _PREFIX.fullmatch(url.path)
    stage, path = (prefixed["stage"], prefixed["path"]) if prefixed else ("v1", url.path)
    parameters = resource.parameters(path)
    if parameters is None:
        return None
    headers = _grouped(head.headers)
    query = _grouped(tuple(parse_qsl(url.query, keep_blank_values=True)))
    return {
        "version": "1.0",
        "resource": resource.template,
        "path": path,
        "httpMethod": head.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": _context(head, resource, (stage, path), identity),
        "body": None,
        "isBase64Encoded": False,
    }


def _context(
    head: Head, resource: Resource, place: tuple[str, str], identity: Mapping[str, str | None]
) -> dict[str, Any]:
    named = {name.lower(): value for name, value in head.headers}
    stage, path = place
    now = datetime.now(UTC)
    known = {"accessKey": access_key_of(head.target, named), "sourceIp": "127.0.0.1"}
    return {
        "accountId": "000000000000",
        "apiId": "rest",
        "domainName": named.get("host", ""),
        "httpMethod": head.method,
        "identity": {**known, "userAgent": named.get("user-agent"), "userArn": None, **identity},
        "path": f"/{stage}{path}",
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "requestTime": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
        "requestTimeEpoch": round(time.time() * 1000),
        "resourceId": "events",
        "resourcePath": resource.template,
        "stage": stage,
    }


def _grouped(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _last(groups: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in groups.items()}
