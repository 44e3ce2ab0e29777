"""The system's browser, for those who have no Qt, and from any thread.

commands, desk ── address ──▶ **open_in_browser** ──▶ browser
"""

import os
import shutil
import subprocess
import sys
import threading
from subprocess import DEVNULL

STARTED_WITHIN_S = 5.0
"""After so long a program that is still being waited for has started."""


def open_in_browser(url: str) -> bool:
    """Open an address, and return whether a browser took it. May block for `STARTED_WITHIN_S`."""
    if sys.platform == "win32":
        import webbrowser  # noqa: PLC0415  elsewhere it may start a browser in the terminal

        return webbrowser.open(url)
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None or not _has_screen():
        return False
    ended = []

    def run() -> None:  # sees the end of a browser that stays, whenever that is
        done = subprocess.run(  # noqa: S603  the system's own program
            [opener, url], check=False, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
        ended.append(done.returncode)

    thread = threading.Thread(target=run, name="browser", daemon=True)
    thread.start()
    thread.join(STARTED_WITHIN_S)
    return ended in ([], [0])


def _has_screen() -> bool:
    """Return whether there is one: without, a browser in the terminal would open, and take that over."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
