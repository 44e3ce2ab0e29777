"""One open connection, however messages travel on it.

client, opening ──▶ **Line** ◀── websocket, polling
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from desktop.sign_in.profiles import Profile
from desktop.transport.timing import Timing


class Line(Protocol):
    """One open connection."""

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Yield frames until it ends; may be called again."""

    async def send(self, frame: str) -> None:
        """Send a frame."""

    async def close(self) -> None:
        """End it."""


Sign = Callable[[str, str, bytes], Awaitable[Mapping[str, str]]]
"""Return fresh headers for a method, an address and a body. Raises `NotSignedIn` and `SignInUnreachable`."""

Connect = Callable[[Profile, Sign, Timing], AbstractAsyncContextManager[Line]]
"""Open a connection. Raises `ConnectionFailed`, within the block too; and what `Sign` raises."""
