"""Directories of one's own: what is kept in them is run, or read by reports, so nobody else may change it.

bundle, local/* ──▶ **directory** ──▶ the cache, the data
"""

import os
import stat
from pathlib import Path

OWNERS_ALONE = 0o700
OWNERS_FILE = 0o600
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class NotPrivate(OSError):
    """A directory that somebody else could have put something into."""

    def __init__(self, path: Path) -> None:
        super().__init__(None, "others may write there: make it yours alone, or name another place", str(path))


def directory(path: Path) -> Path:
    """Return the directory, made if need be, for its owner alone.

    One that is there already keeps its permissions to read, and must be this user's own.

    Raises:
        NotPrivate: Another user owns it or may write to it.
        OSError: It cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=OWNERS_ALONE, exist_ok=True)
    found = path.stat()
    if os.name == "posix" and (found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE):
        raise NotPrivate(path)
    return path
