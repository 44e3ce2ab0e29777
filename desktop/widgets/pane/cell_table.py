"""A table to read: rows close together, widths set once, cells to copy, a ring around the current cell.

preview_table, summary_page ──▶ **CellTable**. Layout only.
"""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetrics, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.widgets.sort_header import SortHeader, mark_room
from desktop.widgets.theme import measures, tokens
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr

MEASURED_ROWS, MEASURED_COLUMNS = 30, 200
"""Cells whose widths count."""

MEASURED_TEXTS = 3
"""The longest texts of a column, of which the widths are measured: asking for every cell's would take too long."""

ROW_PADDING = 6
CELL_PADDING = 22
"""What the style sheet has at both sides of a cell or a header, and some room between columns."""

LEAST_WIDTH_H, MOST_WIDTH_H = 4, 24
"""Heights of a line."""

RING = 2


class CellTable(QTableView):
    """A table of which rectangles of cells are selected and copied.

    Signals:
        copied(str): Cells were copied; the text says how many.
    """

    copied = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cells")
        self.setAccessibleName(name)
        self.setItemDelegate(RingDelegate(self))
        self.setHorizontalHeader(SortHeader(self, ink="text", weight=QFont.Weight.Medium))
        self._lay_out()
        self._measure()
        look().changed.connect(self._measure)
        # The key is named only: it is the window's, which copies what has the focus; a second one would take it away.
        key = QKeySequence(QKeySequence.StandardKey.Copy).toString(QKeySequence.SequenceFormat.NativeText)
        copy = QAction(f"{tr('&Copy').replace('&', '')}\t{key}", self)
        copy.triggered.connect(self.copy_chosen)
        self.addAction(copy)

    def text_to_copy(self, index: QModelIndex) -> str:
        """Return a cell as other programs are to have it."""
        return str(index.data() or "")

    def copy_chosen(self) -> bool:
        """Copy the selected cells as other programs paste them, a line for each row; return whether there are any."""
        rows: dict[int, list[str]] = {}
        for index in sorted(self.selectedIndexes(), key=lambda chosen: (chosen.row(), chosen.column())):
            rows.setdefault(index.row(), []).append(self.text_to_copy(index))
        if rows:
            QGuiApplication.clipboard().setText("\n".join("\t".join(cells) for cells in rows.values()))
            self.copied.emit(tr("Cells copied."))
        return bool(rows)

    def set_widths(self, say: Callable[[int, int], str]) -> None:
        """Set each width once, from the first rows; `say` returns the text of a row and column."""
        model, metrics = self.model(), self.fontMetrics()
        font = QFont(self.font())
        font.setWeight(QFont.Weight.Medium)
        titles = QFontMetrics(font)
        least, most = measures.h(LEAST_WIDTH_H), measures.h(MOST_WIDTH_H)
        rows = range(min(model.rowCount(), MEASURED_ROWS))
        for column in range(min(model.columnCount(), MEASURED_COLUMNS)):
            texts = sorted((say(row, column) for row in rows), key=len)[-MEASURED_TEXTS:]
            header = str(model.headerData(column, Qt.Orientation.Horizontal))
            widest = max(titles.horizontalAdvance(header) + mark_room(), *map(metrics.horizontalAdvance, texts), 0)
            self.setColumnWidth(column, max(least, min(most, widest + CELL_PADDING)))

    def _measure(self) -> None:
        self.ensurePolished()
        self.verticalHeader().setDefaultSectionSize(measures.h() + ROW_PADDING)
        self.horizontalHeader().setMinimumSectionSize(measures.h(2))

    def _lay_out(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)


class RingDelegate(QStyledItemDelegate):
    """Paints a ring around the current cell of the table that has the focus."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell, and the ring above it."""
        super().paint(painter, option, index)
        if self._table.hasFocus() and self._table.currentIndex() == index:
            painter.save()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("ring"))
            rect = option.rect
            inner = rect.adjusted(RING, RING, -RING, -RING)
            for side in (
                rect.adjusted(0, 0, 0, inner.top() - rect.bottom() - 1),
                rect.adjusted(0, inner.bottom() - rect.top() + 1, 0, 0),
                rect.adjusted(0, RING, inner.left() - rect.right() - 1, -RING),
                rect.adjusted(inner.right() - rect.left() + 1, RING, 0, -RING),
            ):
                painter.drawRect(side)
            painter.restore()
