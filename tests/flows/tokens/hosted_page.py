"""Signing in as a browser does, without one: the emulator's page is a plain form.

test ──▶ **signed_in** ── authorization code, PKCE ──▶ the emulator's Cognito ──▶ `Tokens`
desktop ── address ──▶ **Browser** ── name, password ──▶ the emulator's Cognito ── code ──▶ desktop
"""

import base64
import hashlib
import html
import re
import secrets
import threading
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


def walked(address: str, person: SignIn) -> httpx.Response:
    """Sign somebody in at an address that the desktop opens; return the page that is seen last."""
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=TIMEOUT_S) as browser:
        return _filled(browser, browser.get(address).raise_for_status(), person)


@dataclass
class Browser:
    """Somebody's browser, in a thread, as the window's waits meanwhile."""

    person: SignIn | None
    """Who signs in; None opens addresses and does no more."""
    addresses: list[str] = field(default_factory=list)
    pages: list[httpx.Response] = field(default_factory=list)
    """The page that was seen last at each address."""
    _threads: list[threading.Thread] = field(default_factory=list)

    def __call__(self, address: str) -> bool:
        self.addresses.append(address)
        if self.person:
            self.sign_in(self.person)
        return True

    def sign_in(self, person: SignIn) -> None:
        """Fill in the page that was opened last."""
        self._threads.append(threading.Thread(target=self._walk, args=(self.addresses[-1], person)))
        self._threads[-1].start()

    def page(self) -> httpx.Response:
        """Return the page that was seen last, once it is there."""
        for thread in self._threads:
            thread.join()
        return self.pages[-1]

    def _walk(self, address: str, person: SignIn) -> None:
        self.pages.append(walked(address, person))


def refreshed(auth: dict[str, Any], tokens: Tokens) -> Tokens:
    """Return newer tokens; the issuer may leave the refresh token as it is."""
    with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client:
        endpoint = client.get(auth["discoveryUrl"]).raise_for_status().json()["token_endpoint"]
        asked = {"grant_type": "refresh_token", "client_id": auth["clientId"], "refresh_token": tokens.refresh}
        return _tokens(client, endpoint, **asked)


def signed_out(auth: dict[str, Any], token: str, **form: str) -> httpx.Response:
    """Have the issuer take a token back, and return its answer."""
    with httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client:
        endpoint = client.get(auth["discoveryUrl"]).raise_for_status().json()["revocation_endpoint"]
        return client.post(endpoint, data={"token": token, "client_id": auth["clientId"], **form})


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
