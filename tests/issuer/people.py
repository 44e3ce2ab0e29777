"""Who signs in: a browser that fills the issuer's form in, and the keyring of a user of this machine."""

import threading
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.oidc.keychain import Keychain
from desktop.sign_in.oidc.sign_in import SignIn

BROWSER = "somebody's browser"


@dataclass
class Person:
    """Signs in in a browser of their own, in a thread, as the window's waits meanwhile."""

    user: str = "ann"
    addresses: list[str] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)
    """The page seen last at each sign-in, with those before in its history."""
    _threads: list[threading.Thread] = field(default_factory=list)

    def __call__(self, address: str) -> bool:
        self.addresses.append(address)
        self._threads.append(threading.Thread(target=self._sign_in, args=(address,), name=BROWSER))
        self._threads[-1].start()
        return True

    def done(self) -> httpx.Response:
        """Return the last page, once it is there."""
        for thread in self._threads:
            thread.join()
        return self.answers[-1]

    def _sign_in(self, address: str) -> None:
        with httpx.Client(follow_redirects=True, trust_env=False) as browser:
            page = browser.get(address)
            if page.status_code == HTTPStatus.OK:
                page = browser.post(address, data={"user": self.user})
            self.answers.append(page)


class Keyring:
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_broken = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[service, username]

    def _check(self) -> None:
        if self.is_broken:
            raise RuntimeError("the secret hunter2 cannot be kept")


class Clock:
    """The time of day, which a test turns on."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


def sign_in_with(auth: OidcAuth, keyring: Keyring | None, clock: Clock | None = None) -> SignIn:
    """Return a sign-in as a program of the user has it whose keyring this is; None is a system without any."""
    return SignIn(auth, keychain=Keychain(auth, lambda: keyring), clock=clock or Clock())
