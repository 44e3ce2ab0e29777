"""Addresses given to the system's browser, and kept out of every output: links are signed.

app ──▶ **open_address** ──▶ browser
"""

import asyncio
import shutil
import subprocess
import sys
from subprocess import DEVNULL

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop.outside.threads import in_thread

OPENER = "xdg-open"
STARTED_WITHIN_S = 5.0
"""After so long a browser that is still being waited for has started."""


async def open_address(url: str) -> bool:
    """Open an address in the browser, and return whether one took it."""
    if not sys.platform.startswith("linux"):
        return QDesktopServices.openUrl(QUrl(url))
    # Qt starts the same program there, does not hear of its end, and lets it print the address.
    opener = shutil.which(OPENER)
    if opener is None:
        return False
    command = [opener, url]
    try:
        async with asyncio.timeout(STARTED_WITHIN_S):
            # A thread of its own sees the end of a browser that stays, whenever that is.
            ended = await in_thread(
                lambda: subprocess.run(  # noqa: S603  the system's own program, and an address of our service
                    command, check=False, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
                ),
                "browser",
            )
    except TimeoutError:
        return True
    return ended.returncode == 0
