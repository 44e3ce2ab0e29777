"""The same figures of a window that is PySide6 and nothing else: a main window and a table.

`python -m tests.benchmarks.window.bare NAME [ARGUMENT]` ──▶ **FIGURES** ──▶ JSON on standard output
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMainWindow, QTableView

COLUMNS, ROWS = 8, 500
IDLE_S, SETTLED_S, REPAINT_MS = 20.0, 4.0, 33


class Model(QAbstractTableModel):
    """As little as there can be."""

    def __init__(self, rows: list[str]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802  Qt's
        return len(self.rows)

    def columnCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802  Qt's
        return COLUMNS

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        return self.rows[index.row()] if role == Qt.ItemDataRole.DisplayRole else None


def _window(model: QAbstractTableModel | QStandardItemModel | None = None) -> tuple[QMainWindow, QTableView]:
    window, table = QMainWindow(), QTableView()
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    if model:
        table.setModel(model)
    window.setCentralWidget(table)
    window.resize(1366, 768)
    window.show()
    return window, table


def _standard(count: int) -> QStandardItemModel:
    model = QStandardItemModel(0, COLUMNS)
    for number in range(count):
        model.appendRow([QStandardItem(f"cell {number} {column}") for column in range(COLUMNS)])
    return model


def clicked(count: str) -> list[float]:
    """Return the milliseconds from each of some clicks to the row painted as selected."""
    from tests.benchmarks.window.clocks import CLICKS, click, until_painted  # noqa: PLC0415  not for the start

    _app = QApplication([])
    _kept, table = _window(_standard(int(count)))
    until_painted(table.viewport())
    height = table.rowHeight(0)
    places = [QPoint(60, height // 2 + height * (number % 6)) for number in range(CLICKS)]
    return [click(table.viewport(), at, lambda: bool(table.selectedIndexes())) for at in places]


def opened(count: str) -> tuple[float, float]:
    """Return the seconds from nothing to the first row painted, with Qt's own model, and the processor's."""
    from tests.benchmarks.window.clocks import until_painted  # noqa: PLC0415  not for the start

    _app = QApplication([])
    _kept, table = _window()
    until_painted(table)
    began, cpu = time.perf_counter(), time.process_time()
    table.setModel(_standard(int(count)))
    until_painted(table.viewport())
    return time.perf_counter() - began, time.process_time() - cpu


def updated(seconds: str) -> dict[str, float]:
    """Return how long the loop was held up while rows change, each of those told of each `REPAINT_MS`."""
    from tests.benchmarks.window.clocks import Lateness  # noqa: PLC0415  not for the start

    app = QApplication([])
    model = Model([f"0 of {number}" for number in range(ROWS)])
    window, _table = _window(model)
    told, changed = 0, set[int]()

    def tell() -> None:
        nonlocal told
        told += 1
        model.rows[told % ROWS] = f"{told} of 100,000"
        changed.add(told % ROWS)

    def show() -> None:
        for number in changed:
            model.dataChanged.emit(model.index(number, 0), model.index(number, COLUMNS - 1))
        changed.clear()

    repaint = QTimer(window, interval=REPAINT_MS)
    repaint.timeout.connect(show)
    repaint.start()
    lateness = Lateness(window, tell)
    QTimer.singleShot(int(float(seconds) * 1000), app.quit)
    app.exec()
    return lateness.figures()


def started(_profile: str) -> dict[str, float]:
    """Return when the window was painted first, on the clock that the caller has too."""
    app = QApplication([])
    _kept, table = _window()
    times: dict[str, float] = {}
    paint = table.paintEvent

    def note(event: Any) -> None:
        paint(event)
        times.update({"paint": time.time(), "paint cpu": time.process_time()})

    table.paintEvent = note  # type: ignore[method-assign]
    while not times:
        app.processEvents()
    return times


def idle(_profile: str) -> float:
    """Return the share of a processor that it takes."""
    app = QApplication([])
    _kept = _window(_standard(8))
    QTimer.singleShot(int(SETTLED_S * 1000), app.quit)
    app.exec()
    before = time.process_time()
    QTimer.singleShot(int(IDLE_S * 1000), app.quit)
    app.exec()
    return (time.process_time() - before) / IDLE_S * 100


def memory(_profile: str) -> float:
    """Return the MB with a thousand rows."""
    from tests.benchmarks.window.clocks import rss_mb, until_painted  # noqa: PLC0415  not for the start

    _app = QApplication([])
    _kept, table = _window(_standard(1000))
    until_painted(table.viewport())
    return rss_mb()


FIGURES: dict[str, Callable[..., Any]] = {
    "clicked": clicked,
    "opened": opened,
    "updated": updated,
    "started": started,
    "idle": idle,
    "memory": memory,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(FIGURES[sys.argv[1]](*sys.argv[2:])) + "\n")
