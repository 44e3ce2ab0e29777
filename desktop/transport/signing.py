"""Headers for requests from a signer that may block.

client, doctor ── `Signer` ──▶ **signing** ──▶ `Sign` ──▶ opening
"""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from desktop.outside.threads import in_thread
from desktop.sign_in.findings import SignInUnreachable
from desktop.transport.line import Sign


class Signer(Protocol):
    """Signs each attempt, and each request."""

    def sign(self, method: str, url: str, body: bytes = b"", /) -> Mapping[str, str]:
        """Return freshly signed headers; may block. Raises `NotSignedIn` and `SignInUnreachable`."""

    def forget(self) -> None:
        """Read the credentials anew next time."""

    def left_s(self) -> float | None:
        """Return how long a connection may last that was just signed; None for as long as it does."""


def signing(signer: Signer, limit_s: float) -> Sign:
    """Return a function that signs beside the loop, and gives up after `limit_s`."""

    async def sign(method: str, url: str, body: bytes) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(limit_s):
                return await in_thread(lambda: signer.sign(method, url, body), "sign-in")
        except TimeoutError as error:
            raise SignInUnreachable("The sign-in did not come within {count} seconds.", count=round(limit_s)) from error

    return sign
