"""Whether a window can be shown here.

commands.window ──▶ **check** ──▶ app

Qt itself ends the process when it cannot: without a message worth reading, or by a signal.
"""

import os
import sys
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path

from desktop.commands.exits import Exit, Stop

_PACKAGES = ("PySide6", "qasync")
"""Packages of the extra `window`, by the names they are imported by."""
_LIBRARIES = {"EGL": "libegl1", "GL": "libgl1", "xkbcommon": "libxkbcommon0", "fontconfig": "libfontconfig1"}
_X11_LIBRARIES = {"xcb-cursor": "libxcb-cursor0", "xcb-icccm": "libxcb-icccm4", "xcb-keysyms": "libxcb-keysyms1"}
_ELSE = "`reportwire generate` works without a window."


def check() -> None:
    """Check that there are Qt, a display, and the system's libraries that Qt loads.

    Raises:
        Stop: Something is missing; the sentence names it.
    """
    if any(find_spec(package) is None for package in _PACKAGES):
        raise Stop(Exit.USAGE, f"The window needs Qt: pip install 'reportwire[window]'. {_ELSE}")
    if not sys.platform.startswith("linux"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if not (platform or wayland or x11):
        raise Stop(Exit.FAILED, f"There is no display to show a window on. {_ELSE}")
    needed = _LIBRARIES if platform or wayland else _LIBRARIES | _X11_LIBRARIES
    missing = [package for library, package in needed.items() if not _is_here(library)]
    if missing:
        raise Stop(Exit.FAILED, f"Qt needs system packages: apt-get install {' '.join(missing)}. {_ELSE}")


def _is_here(library: str) -> bool:
    """Return whether the system has a library, or the bundle that this program was started from."""
    bundle = getattr(sys, "_MEIPASS", None)
    return find_library(library) is not None or (bundle is not None and any(Path(bundle).glob(f"lib{library}.so*")))
