"""Signals that end the program, as calls of a function.

commands.window ── `Asked` ──▶ app;  both ── what ends the window ──▶ **at_signals**

An exception, as Python raises at Ctrl-C, would be raised within Qt, which cannot pass it on.
"""

import signal
from collections.abc import Callable


class Asked:
    """Whether the program was asked to end. No lock: a signal may come within the handling of another."""

    is_asked = False

    def ask(self) -> None:
        """Take note of it."""
        self.is_asked = True


ENDING = [signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__]


def at_signals(end: Callable[[], None]) -> None:
    """Call a function at each signal that is to end the program, but for those that whoever started it ignores."""
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: end())
