"""What came of looking for something to sign with: that, or why there is nothing.

credentials, oidc ── `Found`, `NotSignedIn`, `SignInUnreachable` ──▶ transport, doctor
"""

from datetime import datetime

from msgspec import Struct

from desktop.outside.sentence import Sentence

OIDC = "oidc"


class _Unsigned(Exception):
    """`str` of it is a `Sentence`."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(Sentence(text, **values))


class NotSignedIn(_Unsigned):
    """There are no credentials to sign with; the sentence says what to do."""


class SignInUnreachable(_Unsigned):
    """What gives the credentials cannot be reached; the sentence names it."""


class Found(Struct, frozen=True):
    """Credentials without the keys: where they were found, and when they end, if they do."""

    origin: str
    """By botocore's name for that, or `OIDC`."""
    ends_at: datetime | None = None
    who: str = ""
    """Whose they are, where that is known."""
