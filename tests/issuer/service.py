"""A service that lets in whoever has a token of the issuer, and what a program needs to sign in to it.

tests ── `issuing` ──▶ **guarded** ──▶ profile of a service on loopback
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from backend.tokens.verification import InvalidToken
from desktop.outside import browsers
from desktop.sign_in.oidc import keychain
from desktop.sign_in.profiles import Profile
from tests.desktop.services import FakeService, serving
from tests.issuer.people import Keyring, Person
from tests.issuer.server import Issuer


@contextmanager
def guarded(issuer: Issuer, service: FakeService) -> Iterator[Profile]:
    """Serve whoever the service's own verification lets in; `owners` of the service get to know who that was."""
    verification = issuer.verification()

    def lets_in(authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        try:
            service.owners.append(verification.identity(token).owner)
        except InvalidToken:
            return False
        return scheme == "Bearer"

    service.lets_in = lets_in
    with serving(service) as profile:
        yield msgspec.structs.replace(profile, auth=issuer.auth)


def use(monkeypatch: pytest.MonkeyPatch, person: Person, keyring: Keyring | None) -> None:
    """Have this process use somebody's browser and keyring."""
    monkeypatch.setattr(browsers, "open_in_browser", person)
    monkeypatch.setattr(keychain, "system_backend", lambda: keyring)
