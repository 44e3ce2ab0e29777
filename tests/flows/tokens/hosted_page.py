"""Signing in as a browser does, without one: the emulator's page is a plain form.

test ──▶ **signed_in** ── authorization code, PKCE ──▶ the emulator's Cognito ──▶ `Tokens`
"""

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from backend.protocol.identity.redirects import REDIRECTS, SCOPES
from infra.local.backend import SignIn

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
TIMEOUT_S = 20


class NotSignedIn(Exception):
    """The page did not let somebody in."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str = field(repr=False)
    identity: str = field(repr=False)
    refresh: str = field(repr=False)


def signed_in(auth: dict[str, Any], person: SignIn) -> Tokens:
    """Sign somebody in at the issuer of a profile."""
    verifier, state, redirect = secrets.token_urlsafe(48), secrets.token_urlsafe(), REDIRECTS[-1]
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": auth["clientId"],
        "redirect_uri": redirect,
        "scope": " ".join(SCOPES),
        "state": state,
        "nonce": secrets.token_urlsafe(),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as browser:
        described = browser.get(auth["discoveryUrl"]).raise_for_status().json()
        assert described["issuer"] == auth["issuer"]
        page = browser.get(described["authorization_endpoint"], params=asked).raise_for_status()
        code = _code(_filled(browser, page, person), redirect, state)
        return _tokens(
            browser,
            described["token_endpoint"],
            grant_type="authorization_code",
            client_id=auth["clientId"],
            redirect_uri=redirect,
            code=code,
            code_verifier=verifier,
        )


def refreshed(auth: dict[str, Any], tokens: Tokens) -> Tokens:
    """Return newer tokens; the issuer may leave the refresh token as it is."""
    with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client:
        endpoint = client.get(auth["discoveryUrl"]).raise_for_status().json()["token_endpoint"]
        asked = {"grant_type": "refresh_token", "client_id": auth["clientId"], "refresh_token": tokens.refresh}
        return _tokens(client, endpoint, **asked)


def _filled(browser: httpx.Client, page: httpx.Response, person: SignIn) -> httpx.Response:
    """Send the form as a browser does, with the page's origin."""
    origin = f"{page.url.scheme}://{page.url.netloc.decode()}"
    hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}
    form = {**hidden, "username": person.name, "password": person.password}
    return browser.post(f"{origin}/login", data=form, headers={"Origin": origin})


def _code(answer: httpx.Response, redirect: str, state: str) -> str:
    place = str(answer.headers.get("location", ""))
    if not place.startswith(f"{redirect}?"):
        raise NotSignedIn
    query = parse_qs(urlsplit(place).query)
    assert query["state"] == [state]
    (code,) = query["code"]
    return code


def _tokens(client: httpx.Client, endpoint: str, **form: str) -> Tokens:
    answer = client.post(endpoint, data=form).raise_for_status().json()
    return Tokens(
        answer["access_token"], answer["id_token"], answer.get("refresh_token", form.get("refresh_token", ""))
    )
