"""What the window keeps until its next start, as one small JSON file.

window, app ── plain values ──▶ **WindowState** ──▶ ~/.config/reportwire/window.json

Nothing here is needed: a file that cannot be read is set aside, and everything is as at first.
"""

import contextlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop.files.part_file import beside

log = logging.getLogger(__name__)

FILE = "window.json"
MOST_BYTES = 4_000_000


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
        self._values = self._load() or self._values
        self._keep({**self._values, "window": {**self.window(), **values}})

    def keep_connection(self, name: str, values: Mapping[str, Any]) -> None:
        """Keep values of a connection; what is not named stays."""
        self._values = self._load() or self._values
        connections = _section(self._values.get("connections"))
        connections[name] = {**self.connection(name), **values}
        self._keep({**self._values, "connections": connections})

    def _keep(self, values: dict[str, Any]) -> None:
        """Write the file, unless that is what it has; another window may have written it since the start."""
        if values == self._values:
            return
        self._values = values
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside(self._path) as part:
                part.append(json.dumps(values, ensure_ascii=False, indent=1).encode())
                part.put_in_place()
        except OSError as error:
            log.warning("the window's settings cannot be kept: %s", error.strerror)

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
