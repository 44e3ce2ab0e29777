"""An issuer of OpenID Connect on loopback: discovery, sign-in page, tokens, keys, revocation.

It is stricter than some: no code without PKCE S256, a code once and for its redirect and client alone, and with
`rotates` a refresh token once: who sends one twice ends the sign-in.
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from backend.protocol.identity.redirects import REDIRECTS
from backend.tokens.key_set import KeySet
from backend.tokens.verification import Verification
from desktop.sign_in.auth import OidcAuth
from tests.backend.tokens.issuer import public

CLIENT = "desktop"
Form = dict[str, str]


@dataclass
class Grant:
    """One sign-in: who, for which request, and what was given for it."""

    user: str
    asked: Form
    refresh: set[str] = field(default_factory=set)
    """All refresh tokens that were ever given."""
    is_over: bool = False


@dataclass
class Issuer:
    """What the issuer does now, and what it was asked."""

    url: str = ""
    algorithm: str = "ES256"
    life_s: float | None = 300.0
    rotates: bool = True
    gives_refresh: bool = True
    gives_id_token: bool = True
    can_revoke: bool = True
    refuses: Form | None = None
    """What the sign-in page answers instead of a code."""
    claims: dict[str, Any] = field(default_factory=dict)
    """What ID tokens say otherwise."""
    document: dict[str, Any] = field(default_factory=dict)
    """What the discovery document says otherwise."""
    status: int | None = None
    """What the token endpoint answers to everything."""
    gate: threading.Event | None = None
    """What the token endpoint waits for."""
    asked: list[tuple[str, Form]] = field(default_factory=list)
    """Requests, by path."""
    given: list[str] = field(default_factory=list)
    """Every secret that ever left: codes and tokens."""
    revoked: list[str] = field(default_factory=list)
    _codes: dict[str, Grant] = field(default_factory=dict)
    _grants: list[Grant] = field(default_factory=list)
    _keys: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rotate_keys()

    def rotate_keys(self) -> None:
        """Sign with another key from now on, and publish that alone."""
        is_rsa = self.algorithm == "RS256"
        key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
        self._keys = {secrets.token_hex(4): (key, self.algorithm)}

    @property
    def auth(self) -> OidcAuth:
        return OidcAuth(issuer=self.url, client_id=CLIENT)

    @property
    def tokens_asked(self) -> list[str]:
        """The kinds of grants that the token endpoint was asked for."""
        return [form["grant_type"] for path, form in self.asked if path == "/token"]

    def verification(self) -> Verification:
        """Return what a service makes of this issuer's tokens."""
        keys = KeySet(self.url, self.auth.discovery, lambda url: urlopen(url).read(), time.monotonic)
        return Verification(issuer=self.url, client_id=CLIENT, key=keys.key, now=time.time)

    def end_all(self) -> None:
        """End every sign-in, as an administrator does."""
        for grant in self._grants:
            grant.is_over = True

    # --- answers

    def describe(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        if self.can_revoke:
            ends["revocation_endpoint"] = "/revoke"
        return {"issuer": self.url, **{name: self.url + path for name, path in ends.items()}} | self.document

    def keys(self) -> dict[str, Any]:
        return {"keys": [public(key, key_id) for key_id, (key, _) in self._keys.items()]}

    def fault_of(self, asked: Form) -> str | None:
        """Return why no page is shown: such an answer must not go to the redirect."""
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") not in REDIRECTS:
            return "This client or redirect is not registered."
        if asked.get("response_type") != "code" or not asked.get("state"):
            return "Only codes are given, and only with a state."
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
            return "PKCE S256 is needed."
        return None

    def let_in(self, user: str, asked: Form) -> str:
        """Return where the browser goes after somebody signed in."""
        said = self.refuses
        if said is None:
            code = self._secret()
            self._codes[code] = Grant(user, asked)
            said = {"code": code}
        return f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}"

    def exchange(self, form: Form) -> tuple[int, dict[str, Any]]:
        if self.gate:
            self.gate.wait(10)
        if self.status is not None:
            return self.status, {}
        match form.get("grant_type"):
            case "authorization_code":
                grant = self._codes.pop(form.get("code", ""), None)
                digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                if grant is None or grant.asked["code_challenge"] != challenge:
                    return 400, {"error": "invalid_grant"}
                if (form["redirect_uri"], form["client_id"]) != (grant.asked["redirect_uri"], CLIENT):
                    return 400, {"error": "invalid_grant"}
                self._grants.append(grant)
                return 200, self._answer(grant, grant.asked.get("nonce"))
            case "refresh_token":
                return self._refresh(form.get("refresh_token", ""))
            case _:
                return 400, {"error": "unsupported_grant_type"}

    def revoke(self, form: Form) -> None:
        self.revoked.append(form["token"])
        for grant in self._grants:
            grant.is_over = grant.is_over or form["token"] in grant.refresh

    def _refresh(self, refresh: str) -> tuple[int, dict[str, Any]]:
        grant = next((each for each in self._grants if refresh in each.refresh), None)
        if grant is None or grant.is_over:
            return 400, {"error": "invalid_grant", "error_description": "No."}
        if self.rotates and refresh != self.given_refresh(grant):
            grant.is_over = True
            return 400, {"error": "invalid_grant", "error_description": "It was used before."}
        return 200, self._answer(grant, None)

    def given_refresh(self, grant: Grant) -> str:
        return next(each for each in reversed(self.given) if each in grant.refresh)

    def _answer(self, grant: Grant, nonce: str | None) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.url, "sub": f"sub-{grant.user}", "iat": now, "exp": now + int(self.life_s or 300)}
        access = self._signed({**claims, "client_id": CLIENT, "token_use": "access", "jti": secrets.token_hex(4)})
        answer: dict[str, Any] = {"access_token": access, "token_type": "Bearer"}
        if self.life_s is not None:
            answer["expires_in"] = self.life_s
        if self.gives_id_token:
            person = {"aud": CLIENT, "email": f"{grant.user}@example.com"} | ({"nonce": nonce} if nonce else {})
            answer["id_token"] = self._signed({**claims, **person, **self.claims})
        if self.gives_refresh and (self.rotates or not grant.refresh):
            answer["refresh_token"] = self._secret()
            grant.refresh.add(answer["refresh_token"])
        return answer

    def _signed(self, claims: dict[str, Any]) -> str:
        ((key_id, (key, algorithm)),) = self._keys.items()
        token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": key_id})
        self.given.append(token)
        return token

    def _secret(self) -> str:
        self.given.append(secrets.token_urlsafe(40))
        return self.given[-1]


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        issuer, parts = self.server.issuer, urlsplit(self.path)
        path, asked = parts.path.removeprefix("/pool"), _form(parts.query)
        issuer.asked.append((path, asked))
        match path:
            case "/.well-known/openid-configuration":
                self._answer(200, issuer.describe())
            case "/keys":
                self._answer(200, issuer.keys())
            case "/authorize":
                fault = issuer.fault_of(asked)
                self._page(400 if fault else 200, html.escape(fault or "") or _sign_in_form(parts.query))
            case _:
                self._answer(404, {})

    def do_POST(self) -> None:
        issuer, parts = self.server.issuer, urlsplit(self.path)
        path = parts.path.removeprefix("/pool")
        form = _form(self.rfile.read(int(self.headers["Content-Length"])).decode())
        issuer.asked.append((path, form))
        match path:
            case "/authorize":
                self.send_response(HTTPStatus.SEE_OTHER)
                self.send_header("Location", issuer.let_in(form["user"], _form(parts.query)))
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "/token":
                self._answer(*issuer.exchange(form))
            case "/revoke" if issuer.status is None:
                issuer.revoke(form)
                self._answer(200, {})
            case _:
                self._answer(issuer.status or 404, {})

    def _answer(self, status: int, document: object) -> None:
        self._send(status, json.dumps(document).encode(), "application/json")

    def _page(self, status: int, body: str) -> None:
        self._send(status, f"<!doctype html><title>Issuer</title>{body}".encode(), "text/html")

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        super().__init__(("127.0.0.1", 0), _Handler)


def _form(text: str) -> Form:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _sign_in_form(query: str) -> str:
    return (
        f'<form method="post" action="/pool/authorize?{html.escape(query)}">'
        '<input name="user" value="ann"><button>Sign in</button></form>'
    )


@contextmanager
def issuing(**settings: Any) -> Iterator[Issuer]:
    """Run an issuer for as long as the block lasts."""
    issuer = Issuer(**settings)
    with _Server(issuer) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}/pool"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
