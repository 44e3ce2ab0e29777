"""The address at which Cognito takes tokens back. MiniStack's has a call of its API for that, and no address.

guard ── `POST /oauth2/revoke` ──▶ **Revocation** ──▶ MiniStack's Cognito; all else ──▶ MiniStack's ASGI app

Must run in MiniStack's process: its description of the issuer is completed there. Sources:
https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html,
https://www.rfc-editor.org/rfc/rfc7009
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from ministack.services import cognito

from infra.local.emulator.guard import App, Receive, Scope, Send

REVOKE = "/oauth2/revoke"
OK, BAD_REQUEST = 200, 400


@dataclass(frozen=True, slots=True)
class Revocation:
    """An ASGI app in front of MiniStack's and behind the guard, which gives bodies in one piece."""

    app: App

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a token back, or pass on a request."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", REVOKE):
            await self.app(scope, receive, send)
            return
        form = parse_qs((await receive())["body"].decode(errors="replace"))
        fault = _fault_of(form)
        if fault is None:
            cognito._revoke_token({"Token": form["token"][0]})  # noqa: SLF001  the API's call, without its signature
        body = json.dumps({"error": fault}).encode() if fault else b""
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": BAD_REQUEST if fault else OK, "headers": head})
        await send({"type": "http.response.body", "body": body})


def _fault_of(form: dict[str, list[str]]) -> str | None:
    """Return Cognito's word for what is wrong with a request."""
    if "token" not in form:
        return "invalid_request"
    if cognito._find_pool_by_client_id(form.get("client_id", [""])[0])[1] is None:  # noqa: SLF001  nothing else finds one
        return "invalid_client"
    uses = cognito._token_claims(form["token"][0]).get("token_use")  # noqa: SLF001  likewise
    return None if uses == "refresh" else "unsupported_token_type"


def describe_revocation() -> None:
    """Have the description of the issuer name the address."""
    described = cognito.well_known_openid_configuration

    def completed(*args: Any, **options: Any) -> Any:  # noqa: ANN401  MiniStack's own
        status, headers, body = described(*args, **options)
        document = json.loads(body)
        place = document["token_endpoint"].removesuffix("/oauth2/token") + REVOKE
        return status, headers, json.dumps({**document, "revocation_endpoint": place}).encode()

    cognito.well_known_openid_configuration = completed
