"""Requests to the HTTP door on fakes, as the HTTP API hands them over."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from backend.domain.caller import Caller
from backend.http_router import respond
from backend.protocol.resources import DOCUMENTS, OPTIONAL, RESOURCES
from tests.backend.fakes import ANNA, World

REMAINING_S = 29.0


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def document(self) -> Any:
        return json.loads(self.text)


def event(
    method: str,
    path: str,
    body: object = None,
    *,
    caller: Caller | None = ANNA,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the event of a request; `path` has the query too."""
    path, _, query = path.partition("?")
    resource, parameters = matched(path)
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    authorizer = {} if caller is None else {"authorizer": {"iam": {"userArn": caller.owner, "accessKey": "AKIA1"}}}
    json_type = {"Content-Type": "application/json"} if body is not None else {}
    return {
        "version": "2.0",
        "routeKey": f"ANY {resource}",
        "rawPath": f"/v1{path}",
        "rawQueryString": query,
        "headers": {**json_type, **(headers or {})},
        "pathParameters": parameters,
        "requestContext": {"http": {"method": method, "path": f"/v1{path}"}, "stage": "v1", **authorizer},
        "isBase64Encoded": False,
        **({} if text is None else {"body": text}),
    }


def rest_event(
    method: str,
    path: str,
    body: object = None,
    *,
    caller: Caller | None = ANNA,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the event of a request to the REST API; `path` has the query too."""
    path, _, query = path.partition("?")
    resource, parameters = matched(path)
    identity = (
        {"userArn": None, "accessKey": None} if caller is None else {"userArn": caller.owner, "accessKey": "AKIA1"}
    )
    values = parse_qs(query, keep_blank_values=True)
    return {
        "version": "1.0",
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {**({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": parameters,
        "requestContext": {"httpMethod": method, "identity": identity, "stage": "v1"},
        "body": body if isinstance(body, str) or body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def matched(path: str) -> tuple[str, dict[str, str] | None]:
    """Return the resource of a path, and what stands in the place of its parameters."""
    parts = path.split("/")
    for resource in (*OPTIONAL, *RESOURCES, *DOCUMENTS):
        names = resource.split("/")
        pairs = list(zip(names, parts, strict=False))
        if len(names) == len(parts) and all(name == part or name.startswith("{") for name, part in pairs):
            return resource, {name[1:-1]: part for name, part in pairs if name.startswith("{")} or None
    raise LookupError(path)


Http = Callable[..., Answered]


def http_of(world: World) -> Http:
    """Return a function that asks the door."""

    def ask(method: str, path: str, body: object = None, **more: Any) -> Answered:
        answer = respond(event(method, path, body, **more), world.http, REMAINING_S)
        return Answered(answer["statusCode"], answer["headers"], answer["body"])

    return ask
