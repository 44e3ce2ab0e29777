"""What the window keeps until its next start, as one small JSON file.

window, app ── plain values ──▶ **WindowState** ──▶ ~/.config/reportwire/window.json

Nothing here is needed: a file that cannot be read is set aside, and everything is as at first. Windows that are open at
once change what the file holds, under a lock, and none takes back what another kept.
"""

import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from desktop.files.part_file import beside
from desktop.outside.places import OWNERS_ALONE

log = logging.getLogger(__name__)

FILE = "window.json"
MOST_BYTES = 4_000_000
BUSY_S = 2.0
"""How long to wait for another window that writes."""
LOOK_S = 0.01
"""How often to look whether it has ended."""

Change = Callable[[dict[str, Any]], dict[str, Any]]
"""Return the values to keep, made of those that are kept."""


class WindowState:
    """Values by name, for the window, and for each connection.

    Args:
        path: The file; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._values = self._load()

    def window(self) -> dict[str, Any]:
        """Return what is kept of the window."""
        return _section(self._values.get("window"))

    def connection(self, name: str) -> dict[str, Any]:
        """Return what is kept of a connection."""
        return _section(_section(self._values.get("connections")).get(name))

    def keep_window(self, values: Mapping[str, Any]) -> None:
        """Keep values of the window; what is not named stays."""
        self._change(lambda kept: {**kept, "window": {**_section(kept.get("window")), **values}})

    def keep_connection(self, name: str, values: Mapping[str, Any]) -> None:
        """Keep values of a connection; what is not named stays."""
        self.change_connection(name, lambda kept: {**kept, **values})

    def change_connection(self, name: str, change: Change) -> None:
        """Change what is kept of a connection now, which another window may have kept; twice is as once."""

        def change_all(kept: dict[str, Any]) -> dict[str, Any]:
            connections = _section(kept.get("connections"))
            return {**kept, "connections": {**connections, name: change(_section(connections.get(name)))}}

        self._change(change_all)

    def _change(self, change: Change) -> None:
        """Make a change to what the file holds now, while no other window does."""
        if self._path is None:
            self._values = change(self._values)
            return
        try:
            with self._locked(self._path):
                before = self._load() or self._values
                self._values = change(before)
                if self._values != before:
                    self._write(self._path)
        except OSError as error:
            self._values = change(self._values)
            log.warning("the window's settings cannot be kept: %s", error.strerror or error)

    @staticmethod
    def _locked(path: Path) -> AbstractContextManager[object]:
        from filelock import FileLock  # noqa: PLC0415  nothing is kept before the window is there

        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(path.with_suffix(".lock"), mode=OWNERS_ALONE).acquire(BUSY_S, poll_interval=LOOK_S)

    def _write(self, path: Path) -> None:
        with beside(path) as part:
            part.append(json.dumps(self._values, ensure_ascii=False, indent=1).encode())
            part.put_in_place()

    def _load(self) -> dict[str, Any]:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as file:
                values = json.loads(file.read(MOST_BYTES))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            return self._set_aside()
        return values if isinstance(values, dict) else self._set_aside()

    def _set_aside(self) -> dict[str, Any]:
        """Move a file that cannot be read out of the way, for whoever wants to look at it."""
        if self._path:
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".broken"))
            log.warning("the window's settings could not be read and are as at first")
        return {}


def _section(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
