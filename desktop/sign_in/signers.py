"""What signs for a profile, by its kind of sign-in.

app, doctor, headless ── profile ──▶ **signer_of** ──▶ sigv4, oidc

Each is loaded only where a profile asks for it: one brings botocore, the other HTTP.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

from desktop.sign_in.auth import OidcAuth
from desktop.sign_in.findings import Found
from desktop.sign_in.profiles import Profile

if TYPE_CHECKING:
    from desktop.sign_in.oidc.sign_in import SignIn


class AnySigner(Protocol):
    """Signs each attempt to connect, and each request."""

    def sign(self, method: str, url: str, body: bytes = b"", /) -> Mapping[str, str]:
        """Return freshly signed headers; may block. Raises `NotSignedIn` and `SignInUnreachable`."""

    def forget(self) -> None:
        """Read the credentials anew next time."""

    def left_s(self) -> float | None:
        """Return how long a connection may last that was just signed; None for as long as it does."""

    def describe(self) -> Found:
        """Return which credentials there are. May block; raises what `sign` does."""


def signer_of(profile: Profile) -> AnySigner:
    """Return what signs for a profile."""
    if isinstance(profile.auth, OidcAuth):
        from desktop.sign_in.oidc.bearer import BearerSigner  # noqa: PLC0415  see above

        return BearerSigner(sign_in_of(profile.auth))
    from desktop.sign_in.sigv4 import Signer  # noqa: PLC0415  see above

    return Signer(profile)


@cache
def sign_in_of(auth: OidcAuth) -> "SignIn":
    """Return the one sign-in of this process for an issuer: a token is renewed once, whoever needs it."""
    from desktop.sign_in.oidc.sign_in import SignIn  # noqa: PLC0415  see above

    return SignIn(auth)
