"""Which services were out of reach of a WebSocket lately, for the next start of the program.

opening ──▶ **Remembered** ──▶ a file of this user's
"""

import contextlib
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from desktop.outside.environment import WrongEnvironment, proxy_of
from desktop.outside.places import state_directory

DAY_S = 24 * 3600.0
MOST = 50


class Remembered:
    """By endpoint and proxy, until when no WebSocket is expected to get through. Never raises: a file may be lost."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    def is_blocked(self, endpoint: str) -> bool:
        """Return whether no WebSocket got through lately."""
        return self._read().get(_key(endpoint), 0.0) > self._clock()

    def note(self, endpoint: str, *, is_blocked: bool) -> None:
        """Remember for a day that no WebSocket gets through, or forget it."""
        if self._path is None:
            return
        known, now = self._read(), self._clock()
        kept = {key: until for key, until in known.items() if until > now and key != _key(endpoint)}
        if is_blocked:
            kept[_key(endpoint)] = now + DAY_S
        if kept == known:
            return
        newest = dict(sorted(kept.items(), key=lambda each: each[1])[-MOST:])
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._path.with_name(f".{self._path.name}-{os.getpid()}")
            unfinished.write_bytes(msgspec.json.encode(newest))
            unfinished.replace(self._path)

    def _read(self) -> dict[str, float]:
        if self._path is None:
            return {}
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, float])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return {}


FORGETFUL = Remembered(None)
"""Remembers nothing."""


def of_this_user() -> Remembered:
    """Return what this user's earlier starts have found."""
    try:
        return Remembered(state_directory() / "ways.json")
    except RuntimeError:
        return FORGETFUL


def _key(endpoint: str) -> str:
    """Return what stands for a way in the file: neither the service nor the proxy can be read from it."""
    proxy = None
    with contextlib.suppress(WrongEnvironment, ValueError):
        proxy = proxy_of(endpoint)
    return hashlib.sha256(f"{endpoint} {proxy.name if proxy else ''}".encode()).hexdigest()[:32]
