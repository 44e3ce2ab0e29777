"""The HTTP door on fakes as a WSGI application: what API Gateway does before and after the function."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from backend.http_router import respond
from backend.protocol.resources import DOCUMENTS
from tests.backend.fakes import ANNA, World
from tests.backend.web.asking import REMAINING_S, event

SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA1/20261102/eu-west-1/execute-api/aws4_request"}
"""As far as this is concerned; the real gateway looks at the signature."""
Start = Callable[[str, list[tuple[str, str]]], Any]
Environment = dict[str, Any]


class Serving:
    """Serves a world, which may be another for each request."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world

    def __call__(self, environ: Environment, start: Start) -> Iterable[bytes]:
        status, headers, text = self._answer(environ)
        start(f"{status} {HTTPStatus(status).phrase}", [*headers.items()])
        return [text.encode()]

    def _answer(self, environ: Environment) -> tuple[int, dict[str, str], str]:
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
        path = "/" + path.removeprefix("/.").lstrip("/")  # as the server's address in the description is "."
        query = environ.get("QUERY_STRING", "")
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name == "CONTENT_TYPE"
        }
        caller = ANNA if headers.get("authorization") == SIGNED["Authorization"] else None
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode(errors="replace")
        try:
            asked = event(environ["REQUEST_METHOD"], f"{path}?{query}", body or None, caller=caller, headers=headers)
        except LookupError:
            return _of_the_gateway(HTTPStatus.NOT_FOUND)
        if caller is None and asked["routeKey"].partition(" ")[2] not in DOCUMENTS:
            return _of_the_gateway(HTTPStatus.FORBIDDEN)
        answer = respond(asked, self._world().http, REMAINING_S)
        return answer["statusCode"], dict(answer["headers"]), answer["body"]


def _of_the_gateway(status: HTTPStatus) -> tuple[int, dict[str, str], str]:
    return status.value, {"Content-Type": "application/json"}, json.dumps({"message": status.phrase})
