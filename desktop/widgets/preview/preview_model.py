"""The first rows of a report as a Qt model; it only reads.

preview_pane ── `Preview` ──▶ **PreviewModel** ── cells ──▶ its table. No session and no clock.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from backend.protocol.preview import Cell, Preview, PreviewColumn
from desktop.widgets.plain_text import tooltip
from desktop.widgets.theme import tokens
from desktop.wording.preview import EMPTY, say_cell
from desktop.wording.tone import Tone

NO_VALUE = "—"
"""Stands where there is no value; an empty text is empty."""

ROOT = QModelIndex()
Role = Qt.ItemDataRole


class PreviewModel(QAbstractTableModel):
    """One preview at a time."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview = EMPTY

    def show_preview(self, preview: Preview) -> None:
        """Show another one."""
        if preview is not self.preview:
            self.beginResetModel()
            self.preview = preview
            self.endResetModel()

    def cell(self, row: int, column: int) -> Cell:
        """Return what is in a cell."""
        return self.preview.rows[row][column]

    # --- as Qt asks ---

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the rows; a cell has none below it."""
        return 0 if parent.isValid() else len(self.preview.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the columns; a cell has none below it."""
        return 0 if parent.isValid() else len(self.preview.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401, N802  Qt's
        """Return the names, aligned like what stands below them."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.preview.columns):
            return None
        answer = _HEADER_ROLES.get(role)
        return answer(self.preview.columns[section]) if answer else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401  Qt's
        """Return what one cell shows."""
        answer = _ROLES.get(role)
        if answer is None or not index.isValid():
            return None
        return answer(self.preview.columns[index.column()], self.cell(index.row(), index.column()))


def _say(cell: Cell) -> str:
    return NO_VALUE if cell is None else say_cell(cell)


def _alignment(column: PreviewColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _color(cell: Cell) -> QColor | None:
    return tokens.color(Tone.QUIET) if cell is None else None


_ROLES: dict[int, Callable[[PreviewColumn, Cell], Any]] = {
    Role.DisplayRole: lambda _, cell: _say(cell),
    Role.ToolTipRole: lambda _, cell: tooltip(cell if isinstance(cell, str) else say_cell(cell), keeps_spaces=True),
    Role.TextAlignmentRole: lambda column, _: _alignment(column),
    Role.ForegroundRole: lambda _, cell: _color(cell),
}
_HEADER_ROLES: dict[int, Callable[[PreviewColumn], Any]] = {
    Role.DisplayRole: lambda column: column.name,
    Role.ToolTipRole: lambda column: tooltip(f"{column.name} · {column.type}", keeps_spaces=True),
    Role.TextAlignmentRole: _alignment,
}
