"""The columns of a report as a Qt model, a row a column.

summary_page ── `Summary` ──▶ **SummaryModel** ── cells ──▶ its table
"""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.widgets.plain_text import tooltip
from desktop.wording.language import tr
from desktop.wording.pane.summary import ENDS, HEADINGS, NUMBERS, Summary

ROOT = QModelIndex()
Role = Qt.ItemDataRole
NO_SUMMARY = Summary((), "")


class SummaryModel(QAbstractTableModel):
    """One summary at a time."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.summary = NO_SUMMARY

    def show_summary(self, summary: Summary) -> None:
        """Show another one."""
        self.beginResetModel()
        self.summary = summary
        self.endResetModel()

    def say(self, row: int, column: int) -> str:
        """Return the text of a cell."""
        return self.summary.rows[row][column]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the rows; a cell has none below it."""
        return 0 if parent.isValid() else len(self.summary.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:  # noqa: N802  Qt's name
        """Count the columns; a cell has none below it."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401, N802  Qt's
        """Return the headings, aligned like what stands below them."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADINGS):
            return None
        match role:
            case Role.DisplayRole:
                return tr(HEADINGS[section])
            case Role.TextAlignmentRole:
                return _alignment(section)
            case _:
                return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401  Qt's
        """Return what one cell shows."""
        if not index.isValid():
            return None
        text = self.say(index.row(), index.column())
        match role:
            case Role.DisplayRole:
                return " ".join(text.split()) if not text.isprintable() else text
            case Role.AccessibleTextRole:
                return text or tr("none")
            case Role.ToolTipRole:
                return tooltip(text, keeps_spaces=True)
            case Role.TextAlignmentRole:
                is_right = HEADINGS[index.column()] in ENDS and self.summary.are_numbers[index.row()]
                return _alignment(index.column(), is_right=is_right)
            case _:
                return None


def _alignment(section: int, *, is_right: bool = False) -> Qt.AlignmentFlag:
    is_right = is_right or HEADINGS[section] in NUMBERS
    side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
