"""One figure of the whole program, in a process of its own that begins with nothing loaded but it.

`python -m tests.benchmarks.window.whole NAME PROFILE` ──▶ **FIGURES** ──▶ JSON on standard output
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop import loading

if TYPE_CHECKING:
    from desktop.widgets.main_window import MainWindow
    from desktop.wording.window import WindowView

IDLE_S = 20.0
SETTLED_S = 4.0


def started(profile: str, *, is_kept: bool = False) -> dict[str, float]:
    """Return when the window was painted first and when Generate was enabled, on the clock that the caller has too."""
    loading.begin()
    from desktop import start  # noqa: PLC0415  as the program does
    from desktop.widgets.main_window import MainWindow  # noqa: PLC0415

    times: dict[str, float] = {}
    first_paint, show_view = start.first_paint, MainWindow.show_view

    def note_paint(window: "MainWindow") -> None:
        first_paint(window)
        times.update({"paint": time.time(), "paint cpu": time.process_time()})

    def note_view(window: "MainWindow", view: "WindowView") -> None:
        show_view(window, view)
        if "enabled" not in times and window.form.generate.isEnabled():
            times.update({"enabled": time.time(), "cpu": time.process_time()})
            if not is_kept:
                _say(times)

    start.first_paint = note_paint
    setattr(MainWindow, "show_view", note_view)  # noqa: B010  mypy allows no other way
    from desktop.__main__ import main  # noqa: PLC0415  where the program begins

    main(["--profile", profile])
    return times


def idle(profile: str) -> float:
    """Return the share of a processor that the program takes with nothing under way."""
    _after_settling(lambda: _end_after(IDLE_S, time.process_time()))
    started(profile, is_kept=True)
    return 0.0


def memory(profile: str) -> float:
    """Return the MB that the program has with what the service lists."""
    from tests.benchmarks.window.clocks import rss_mb  # noqa: PLC0415  not for the start

    _after_settling(lambda: _say(rss_mb()))
    started(profile, is_kept=True)
    return 0.0


def _say(figure: object) -> None:
    print(json.dumps(figure), flush=True)  # noqa: T201
    os._exit(0)


def _after_settling(act: Callable[[], object]) -> None:
    loading.begin()
    from PySide6.QtCore import QTimer  # noqa: PLC0415  as above

    from desktop import start  # noqa: PLC0415

    first_paint = start.first_paint

    def plan(window: "MainWindow") -> None:
        first_paint(window)
        QTimer.singleShot(int(SETTLED_S * 1000), act)

    start.first_paint = plan


def _end_after(seconds: float, before: float) -> None:
    from PySide6.QtCore import QTimer  # noqa: PLC0415  as above

    QTimer.singleShot(int(seconds * 1000), lambda: _say((time.process_time() - before) / seconds * 100))


FIGURES: dict[str, Callable[[str], object]] = {"started": started, "idle": idle, "memory": memory}

if __name__ == "__main__":
    FIGURES[sys.argv[1]](sys.argv[2])
