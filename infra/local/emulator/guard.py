"""The check of every request to the emulator, whose port every user and web page of this machine can reach.

request ──▶ **Guard** ──▶ MiniStack's ASGI app

MiniStack accepts some access keys as its root's without checking the signature, and serves some paths without any key.
So a request passes only if it is

- the administrator's: it bears a token that only this start's parent has; or
- signed by a user, or a session of a role, that the emulator has made: with the algorithm of AWS, in one place, now; or
- where analysts sign in with tokens, for the service or the issuer, which ask by themselves who is there: `unsigned`.

Everything else is answered 403, whichever service it is for, and before its body is read. A browser's request bears its
page's origin, so none passes with one; a name that was made to lead here does not pass as a host.

Must run in MiniStack's process: the keys and the algorithm are looked up there.
"""

import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, quote

from ministack.core import iam_evaluator, router, sigv4

from infra.local.differences import ACCOUNT_ID, ADMIN_KEY
from infra.local.emulator import shared_secret, unsigned

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY_BYTES = 64 * 1024 * 1024
"""The largest body of a request whose signature covers it: it is read before the signature is checked."""
LONGEST_LINK_S = 7 * 24 * 3600
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"""
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
_ALGORITHM = "AWS4-HMAC-SHA256"
_OWN_PATHS = re.compile(r"/+_(?!aws/execute-api/)")
"""Paths on which MiniStack serves requests that AWS does not have: resets, settings, other people's code."""
_CREDENTIALS_IN_QUERY = frozenset(
    {
        *("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signature"),
        *("x-amz-signedheaders", "x-amz-security-token", "awsaccesskeyid", "signature", "signatureversion"),
    }
)
_SIGNED_LINK = frozenset(
    {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature", "X-Amz-SignedHeaders"}
)


class Refused(Exception):
    """The request is refused."""


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI app in front of MiniStack's."""

    app: App
    secret: bytes
    takes_tokens: bool = False
    """Whether requests pass that an authorizer, or the issuer, looks at."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, or answer 403."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            receive = await self._admitted(scope, receive)
        except Refused:
            await _answer(scope, receive, send, 403, {"message": "Forbidden"})
        except _Challenged as challenged:
            await _answer(scope, receive, send, 200, {"proof": shared_secret.proof(self.secret, challenged.challenge)})
        except Exception:  # a door that fails stays shut
            log.exception("request not understood")
            await _answer(scope, receive, send, 403, {"message": "Forbidden"})
        else:
            await self.app(scope, receive, send)

    async def _admitted(self, scope: Scope, receive: Receive) -> Receive:
        """Return the channel from which MiniStack reads the rest of the request.

        Raises:
            Refused: It is nobody's who may ask.
            _Challenged: The parent wants to know who serves here.
        """
        head = _Head.of(scope)
        if not _LOOPBACK.fullmatch(head.headers.get("host", "")):
            raise Refused
        if self.takes_tokens and head.is_for_the_issuer(scope["type"]):
            return _replayed(await _read(receive), receive)
        if head.headers.get("origin") is not None:
            raise Refused
        if scope["type"] == "http" and (challenge := head.challenge()):
            raise _Challenged(challenge)
        if _OWN_PATHS.match(scope["path"]):
            raise Refused
        token = head.headers.get(shared_secret.ADMIN_HEADER.lower())
        if token is not None:
            self._check_admin(token, head)
            scope["headers"] = [each for each in scope["headers"] if each[0].lower() != _ADMIN_HEADER]
            return receive
        if self.takes_tokens and head.is_for_the_service(scope["type"]):
            return receive if scope["type"] == "websocket" else _replayed(await _read(receive), receive)
        signature, key = head.signed_by()
        if scope["type"] == "websocket" or not head.covers_body:
            head.check(signature, key, b"")
            return receive
        body = await _read(receive)
        head.check(signature, key, body)
        return _replayed(body, receive)

    def _check_admin(self, token: str, head: "_Head") -> None:
        is_right = hmac.compare_digest(token.encode(), shared_secret.admin_token(self.secret).encode())
        if not is_right or head.access_key_id() != ADMIN_KEY:
            raise Refused


_ADMIN_HEADER = shared_secret.ADMIN_HEADER.lower().encode()


class _Challenged(Exception):
    def __init__(self, challenge: str) -> None:
        super().__init__()
        self.challenge = challenge


@dataclass(frozen=True, slots=True)
class _Head:
    """A request without its body; a repeated header is refused if it matters."""

    method: str
    path: str
    raw_path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]

    @classmethod
    def of(cls, scope: Scope) -> "_Head":
        headers: dict[str, str] = {}
        for raw_name, value in scope["headers"]:
            name = raw_name.decode("latin-1").lower()
            if name in headers and name in {"authorization", "host", "origin", "x-amz-content-sha256", "x-amz-date"}:
                raise Refused
            text = sigv4.decode_header_value(value)
            headers[name] = f"{headers[name]},{text}" if name in headers else text
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
        return cls(
            method=scope.get("method", "GET"),
            path=scope["path"],
            raw_path=raw_path.decode("latin-1"),
            query=parse_qs(scope["query_string"].decode("utf-8", errors="replace"), keep_blank_values=True),
            headers=headers,
        )

    def challenge(self) -> str | None:
        """Return the challenge of this request, if it has one."""
        if (self.method, self.path, *self.query) != ("GET", shared_secret.READY_PATH, "challenge"):
            return None
        return self.query["challenge"][0]

    def is_for_the_issuer(self, kind: str) -> bool:
        """Return whether the request is for a page of the issuer's."""
        return self._is_plain and unsigned.is_for_the_issuer(kind, self.method, self.path, self.headers)

    def is_for_the_service(self, kind: str) -> bool:
        """Return whether the request is for a route that an authorizer guards."""
        return self._is_plain and unsigned.is_for_the_service(kind, self.method, self.path, self.headers)

    @property
    def _is_plain(self) -> bool:
        """Whether the address has neither escapes nor credentials of AWS."""
        return self.path == self.raw_path and not any(name.lower() in _CREDENTIALS_IN_QUERY for name in self.query)

    def access_key_id(self) -> str:
        """Return the access key that MiniStack reads from the request."""
        return str(router.extract_access_key_id(dict(self.headers), dict(self.query)))

    @property
    def is_link(self) -> bool:
        """Whether the signature is in the query."""
        return "authorization" not in self.headers

    @property
    def covers_body(self) -> bool:
        """Whether the signature covers the body."""
        stated = self.headers.get("x-amz-content-sha256", "")
        return not self.is_link and (not stated or stated.startswith("STREAMING-AWS4-"))

    def signed_by(self) -> tuple[sigv4.HeaderSignature, iam_evaluator.ResolvedCredential]:
        """Return the signature and the credentials that it must be made with.

        Raises:
            Refused: There is none, or more than one, or it is too old; or nobody has that key.
        """
        signature = self._signature()
        if isinstance(signature, tuple) or "host" not in signature.signed_headers.split(";"):
            raise Refused
        if signature.access_key_id != self.access_key_id() or not self._is_current(signature):
            raise Refused
        token = self.query.get("X-Amz-Security-Token", [""])[0] if self.is_link else None
        token = self.headers.get("x-amz-security-token", "") if token is None else token
        credential = iam_evaluator.resolve_credential(signature.access_key_id, ACCOUNT_ID, token)
        if not isinstance(credential, iam_evaluator.ResolvedCredential) or credential.principal_type == "Root":
            raise Refused
        return signature, credential

    def _signature(self) -> sigv4.HeaderSignature | tuple[str, str]:
        """Return the parts of the only signature, or the name of a missing one."""
        named = [name for name in self.query if name.lower() in _CREDENTIALS_IN_QUERY]
        if not self.is_link:
            if named or not self.headers["authorization"].startswith(f"{_ALGORITHM} "):
                raise Refused
            return sigv4.parse_header_signature(self.headers)
        once = all(len(self.query[name]) == 1 for name in named)
        if not once or len({name.lower() for name in named}) != len(named) or not set(named) >= _SIGNED_LINK:
            raise Refused
        if self.query["X-Amz-Algorithm"] != [_ALGORITHM]:
            raise Refused
        return sigv4.parse_query_signature(self.query)

    def _is_current(self, signature: sigv4.HeaderSignature) -> bool:
        if not self.is_link or signature.service != "s3":
            return sigv4.request_time_failure(signature) is None
        lifetime = self.query.get("X-Amz-Expires", [""])[0]
        if not re.fullmatch("[0-9]{1,6}", lifetime) or int(lifetime) > LONGEST_LINK_S:
            return False
        try:
            return not sigv4.presigned_request_is_expired(signature.amz_date, lifetime)
        except ValueError:
            return False

    def check(
        self, signature: sigv4.HeaderSignature, credential: iam_evaluator.ResolvedCredential, body: bytes
    ) -> None:
        """Check that the signature is right."""
        failure = sigv4.header_signature_failure(
            signature,
            credential.secret_access_key,
            self.method,
            self.raw_path,
            self.query,
            self.headers,
            body,
            presigned=self.is_link,
        )
        if failure:
            raise Refused


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY_BYTES:
            raise Refused
        if not message.get("more_body"):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read_again() -> Message:
        return pending.pop() if pending else await receive()

    return read_again


async def _answer(scope: Scope, receive: Receive, send: Send, status: int, document: Mapping[str, str]) -> None:
    body = json.dumps(document).encode()
    kind = "http.response"
    if scope["type"] == "websocket":
        await receive()
        kind = "websocket.http.response"
    date = formatdate(usegmt=True).encode()  # by which a client notices that its own clock is wrong
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), (b"date", date)]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
