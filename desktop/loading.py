"""Loading a window without what goes on beside each import.

window command ── **begin** ──▶ start ── **end** ──▶ program

PySide puts a function in the place of `__import__` that reads the source of every module, to see whether it is one for
which `from __feature__ import …` may change names: nothing here does. And Python looks for cycles to free each time
there are 700 objects more, though what is loaded stays. httpx loads a command line of its own where click is installed,
and msgspec typing_extensions where that is, for names that `typing` has too.

Source: https://doc.qt.io/qtforpython-6/developer/feature-motivation.html, `shibokensupport/feature.py` of PySide 6.11;
https://docs.python.org/3/library/gc.html#gc.freeze; `httpx/__init__.py` of httpx 0.28; `msgspec/_utils.py` of 0.22
"""

import builtins
import gc
import sys


def begin() -> None:
    """Load Qt, and have the imports that follow do nothing else."""
    gc.disable()
    # Importing these fails now, for which httpx and msgspec are ready; others may want typing_extensions later.
    sys.modules["httpx._main"] = sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    import msgspec  # noqa: F401, PLC0415

    del sys.modules["typing_extensions"]
    import PySide6.QtCore  # noqa: F401, PLC0415  it puts its function there

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def end() -> None:
    """Have cycles freed again, but for what is there now."""
    gc.freeze()
    gc.enable()
