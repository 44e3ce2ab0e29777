"""How the window's times are taken, ours and the bare one's alike.

widget ──▶ **until_painted**, **click**, **Lateness** ──▶ seconds
"""

import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

CLICKS = 24
UPDATES_S = 1000
TICK_MS = 2


class Painted(QObject):
    """Notes when a widget has been painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.is_painted = False
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        self.is_painted = self.is_painted or event.type() is QEvent.Type.Paint
        return False

    def wait(self) -> None:
        while not self.is_painted:
            QApplication.processEvents()
        self._widget.removeEventFilter(self)


def until_painted(widget: QWidget) -> None:
    """Return when the widget has been painted, after what happens from now on."""
    widget.update()
    Painted(widget).wait()


def click(viewport: QWidget, at: QPoint, is_selected: Callable[[], bool]) -> float:
    """Click and return the milliseconds until the viewport is painted with a selection."""
    painted, began = Painted(viewport), time.perf_counter()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    painted.wait()
    assert is_selected()
    return (time.perf_counter() - began) * 1000


class Lateness:
    """Ticks each `TICK_MS`, calls `act` `UPDATES_S` times a second, and notes how late the ticks come."""

    def __init__(self, parent: QObject, act: Callable[[], None]) -> None:
        self._act = act
        self._began = self._before = time.perf_counter()
        self._cpu_began, self._cpu_before = time.process_time(), time.thread_time()
        self._acted = 0
        self._wall: list[float] = []
        self._cpu: list[float] = []
        self._timer = QTimer(parent, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._tick())
        self._timer.start()

    def _tick(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        self._wall.append((now - self._before) * 1000)
        self._cpu.append((cpu - self._cpu_before) * 1000)
        self._before, self._cpu_before = now, cpu
        due = int((now - self._began) * UPDATES_S)
        for _ in range(min(due - self._acted, 50)):
            self._act()
        self._acted = due

    def figures(self) -> dict[str, float]:
        """Return percentiles of the milliseconds between ticks, by clock and processor, and the processor's share."""
        elapsed = time.perf_counter() - self._began
        wall, cpu = statistics.quantiles(self._wall, n=100), statistics.quantiles(self._cpu, n=100)
        return {
            "p50": wall[49],
            "p99": wall[98],
            "worst": max(self._wall),
            "cpu p50": cpu[49],
            "cpu p99": cpu[98],
            "cpu worst": max(self._cpu),
            "share": (time.process_time() - self._cpu_began) / elapsed * 100,
        }


def rss_mb() -> float:
    """Return the memory of this process that is resident."""
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
