"""The first module of the bundle: what PyInstaller starts.

`reportwire …` ──▶ **launch** ──▶ desktop.__main__

PyInstaller sets variables for its own libraries. Programs that this one starts, as a browser, must not inherit them.
"""

import os
import sys

from desktop.__main__ import main

OWN_VARIABLES = ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "LD_LIBRARY_PATH")


def restore_environment() -> None:
    """Take back what PyInstaller set: the loader has read it by now, and Qt finds its plugins by itself."""
    for name in OWN_VARIABLES:
        os.environ.pop(name, None)
    if before := os.environ.pop("LD_LIBRARY_PATH_ORIG", None):
        os.environ["LD_LIBRARY_PATH"] = before


def open_missing_streams() -> None:
    """Send output nowhere in a program without a console, as Windows starts it: there are no streams then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  until the end


if __name__ == "__main__":
    restore_environment()
    open_missing_streams()
    sys.exit(main())
