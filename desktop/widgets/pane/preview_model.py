"""The first rows of a report as a Qt model; it only reads, and sorts what is here.

preview_table ── `Preview` ──▶ **PreviewModel** ── cells ──▶ preview_table. No session and no clock.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from backend.protocol.preview import Cell, Preview, PreviewColumn
from desktop.widgets.plain_text import tooltip
from desktop.wording.language import tr
from desktop.wording.pane.cells import ColumnFormat, formats_of, say_cell
from desktop.wording.pane.sorting import sort_rows
from desktop.wording.pane.summary import say_type
from desktop.wording.pane.view import EMPTY

ROOT = QModelIndex()
Role = Qt.ItemDataRole


class PreviewModel(QAbstractTableModel):
    """One preview at a time, in the file's order or in that of a column."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preview = EMPTY
        self._formats: tuple[ColumnFormat, ...] = ()
        self._order: tuple[int, ...] = ()

    def show_preview(self, preview: Preview) -> None:
        """Show another one, in the file's order."""
        if preview is not self.preview:
            self.beginResetModel()
            self.preview = preview
            self._formats = formats_of(preview)
            self._order = tuple(range(len(preview.rows)))
            self.endResetModel()

    def cell(self, row: int, column: int) -> Cell:
        """Return what is in a cell."""
        return self.preview.rows[self._order[row]][column]

    def say(self, row: int, column: int) -> str:
        """Return a cell as it is shown."""
        return self._formats[column].say(self.cell(row, column))

    # --- as Qt asks ---

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the rows; a cell has none below it."""
        return 0 if parent.isValid() else len(self.preview.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the columns; a cell has none below it."""
        return 0 if parent.isValid() else len(self.preview.columns)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; by -1 for the file's order. What is selected stays so."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        places = [self._order[index.row()] for index in kept]
        if 0 <= column < len(self.preview.columns):
            self._order = sort_rows(self.preview, column, is_descending=order is Qt.SortOrder.DescendingOrder)
        else:
            self._order = tuple(range(len(self.preview.rows)))
        rows = {place: row for row, place in enumerate(self._order)}
        moved = [self.index(rows[place], index.column()) for place, index in zip(places, kept, strict=True)]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401, N802  Qt's
        """Return the names, aligned like what stands below them."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.preview.columns):
            return None
        answer = _HEADER_ROLES.get(role)
        return answer(self.preview.columns[section]) if answer else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401  Qt's
        """Return what one cell shows."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case Role.DisplayRole:
                return self.say(row, column)
            case Role.AccessibleTextRole:
                return self.say(row, column) or tr("none")
            case Role.ToolTipRole:
                cell = self.cell(row, column)
                return tooltip(cell if isinstance(cell, str) else say_cell(cell), keeps_spaces=True)
            case Role.TextAlignmentRole:
                return _alignment(self.preview.columns[column])
            case _:
                return None


def _alignment(column: PreviewColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_HEADER_ROLES: dict[int, Callable[[PreviewColumn], Any]] = {
    Role.DisplayRole: lambda column: column.name,
    Role.ToolTipRole: lambda column: tooltip(f"{column.name} · {say_type(column.type)}", keeps_spaces=True),
    Role.TextAlignmentRole: _alignment,
}
