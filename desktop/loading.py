"""Loading a window without what goes on beside each import.

window command ── **begin** ──▶ start ── **end** ──▶ program

PySide puts a function in the place of `__import__` that reads the source of every module, to see whether it is one for
which `from __feature__ import …` may change names: nothing here does. And Python looks for cycles to free each time
there are 700 objects more, though what is loaded stays.

Source: https://doc.qt.io/qtforpython-6/developer/feature-motivation.html, `shibokensupport/feature.py` of PySide 6.11;
https://docs.python.org/3/library/gc.html#gc.freeze
"""

import builtins
import gc


def begin() -> None:
    """Load Qt, and have the imports that follow do nothing else."""
    gc.disable()
    import PySide6.QtCore  # noqa: F401, PLC0415  it puts its function there

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def end() -> None:
    """Have cycles freed again, but for what is there now."""
    gc.freeze()
    gc.enable()
