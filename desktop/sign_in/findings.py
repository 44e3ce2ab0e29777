"""What came of looking for something to sign with: that, or why there is nothing.

credentials, oidc ── `Found`, `NotSignedIn`, `SignInUnreachable` ──▶ transport, doctor
"""

from datetime import datetime

from msgspec import Struct

OIDC = "oidc"


class _Unsigned(Exception):
    """`text` is the sentence, its `values` still to be put in: it can be translated."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text = text
        self.values = values


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
