"""The directory to which a query spills when it needs more memory than it may use.

export ──▶ **spill_directory** ──▶ sandbox
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

PREFIX = "reportwire-spill-"

_in_use: set[str] = set()
"""Names of this process's own directories: others with its id were left by an earlier process of the same id."""
_changing = Lock()


@contextmanager
def spill_directory(parent: Path | None = None) -> Iterator[Path]:
    """Yield a new directory, and remove it at the end. Directories that killed processes left are removed first.

    Lambda keeps /tmp when it restarts a function's process, one killed for its memory for example.
    """
    within = parent or Path(tempfile.gettempdir())
    with _changing:
        for left in within.glob(f"{PREFIX}*"):
            if not _is_used(left.name):
                shutil.rmtree(left, ignore_errors=True)
        path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=within))
        _in_use.add(path.name)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _in_use.discard(path.name)


def _is_used(name: str) -> bool:
    process, _, _ = name.removeprefix(PREFIX).partition("-")
    if process == str(os.getpid()):
        return name in _in_use
    if sys.platform == "win32":
        return True  # there is no asking: what asks elsewhere is a Ctrl-C there
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
