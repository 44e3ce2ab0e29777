"""Whether a window can be shown here.

command ──▶ **check** ──▶ app

Qt itself ends the process when it cannot: without a message worth reading, or by a signal.
"""

import ctypes
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from desktop.commands.exits import Exit, Stop

_PACKAGES = ("PySide6", "qasync")
"""Packages of the extra `window`, by the names they are imported by."""
_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
}
_X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
}
"""Packages of the system by the libraries that Qt loads from them."""
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
    """Return whether the system has a library, or the bundle that this program was started from.

    It is loaded, as Qt will do at once: to look it up takes a program, and longer.
    """
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None and (Path(bundle) / library).exists():
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
