"""The command line, with a file of the test's as its keyring.

test ── `KEYRING` ──▶ **main** ──▶ desktop
"""

import json
import os
import sys
from pathlib import Path

from desktop.__main__ import main
from desktop.sign_in.oidc import keychain

VARIABLE = "KEYRING"
"""Where the file is."""


class FileKeyring:
    """A keyring in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_password(self, service: str, username: str) -> str | None:
        found: str | None = self._kept().get(f"{service} {username}")
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep(self._kept() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._kept()
        del kept[f"{service} {username}"]
        self._keep(kept)

    def _kept(self) -> dict[str, str]:
        return dict(json.loads(self._path.read_text())) if self._path.exists() else {}

    def _keep(self, kept: dict[str, str]) -> None:
        self._path.write_text(json.dumps(kept))


if __name__ == "__main__":
    keyring = FileKeyring(Path(os.environ[VARIABLE]))
    keychain.system_backend = lambda: keyring
    sys.exit(main())
