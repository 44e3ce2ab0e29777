"""The header of a token, fresh for every attempt to connect and every request.

client ──▶ **BearerSigner** ──▶ `Authorization: Bearer …`; never in an address, never logged

Source: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
"""

from collections.abc import Mapping

from desktop.sign_in.findings import Found
from desktop.sign_in.oidc.sign_in import SignIn


class BearerSigner:
    """Signs with the token of whoever is signed in; the method, the address and the body do not matter."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def sign(self, _method: str = "GET", _url: str | None = None, _body: bytes = b"") -> Mapping[str, str]:
        """Return the header. May block; raises `NotSignedIn` and `SignInUnreachable`."""
        return {"Authorization": f"Bearer {self._sign_in.token()}"}

    def forget(self) -> None:
        """Renew the token next time: the service refused it."""
        self._sign_in.forget()

    def left_s(self) -> float | None:
        """Return how long a connection may last that was just signed."""
        return self._sign_in.left_s()

    def describe(self) -> Found:
        """Return who signs, and until when. May block; raises what `sign` does."""
        return self._sign_in.describe()
