"""Loading a window without what goes on beside each import.

window command ── **begin** ──▶ start ── **end** ──▶ program

PySide puts a function in the place of `__import__` that reads the source of every module, to see whether it is one for
which `from __feature__ import …` may change names: nothing here does. And Python looks for cycles to free each time
there are 700 objects more, though what is loaded stays. httpx loads a command line of its own where click is installed.

Source: https://doc.qt.io/qtforpython-6/developer/feature-motivation.html, `shibokensupport/feature.py` of PySide 6.11;
https://docs.python.org/3/library/gc.html#gc.freeze; `httpx/__init__.py` of httpx 0.28
"""

import builtins
import gc
import sys


def begin() -> None:
    """Load Qt, and have the imports that follow do nothing else."""
    gc.disable()
    # Importing it fails now, for which httpx is ready.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    import PySide6.QtCore  # noqa: F401, PLC0415  it puts its function there

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def end() -> None:
    """Have cycles freed again, but for what is there now."""
    gc.freeze()
    gc.enable()
