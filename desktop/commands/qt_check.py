"""Whether a window can be shown here.

main ──▶ **check** ──▶ app

Qt itself ends the process when it cannot: without a message worth reading, or by a signal.
"""

import os
import sys
from ctypes.util import find_library

from desktop.commands.exits import Exit, Stop

_LIBRARIES = {"EGL": "libegl1", "GL": "libgl1", "xkbcommon": "libxkbcommon0", "fontconfig": "libfontconfig1"}
_X11_LIBRARIES = {"xcb-cursor": "libxcb-cursor0", "xcb-icccm": "libxcb-icccm4", "xcb-keysyms": "libxcb-keysyms1"}
_ELSE = "`reportwire generate` works without a window."


def check() -> None:
    """Check that there are a display and the system's libraries that Qt loads.

    Raises:
        Stop: Something is missing; the sentence names it.
    """
    if not sys.platform.startswith("linux"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if not (platform or wayland or x11):
        raise Stop(Exit.FAILED, f"There is no display to show a window on. {_ELSE}")
    needed = _LIBRARIES if platform or wayland else _LIBRARIES | _X11_LIBRARIES
    missing = [package for library, package in needed.items() if find_library(library) is None]
    if missing:
        raise Stop(Exit.FAILED, f"Qt needs system packages: apt-get install {' '.join(missing)}. {_ELSE}")
