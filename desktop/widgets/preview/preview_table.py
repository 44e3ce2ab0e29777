"""The first rows of a report as the analyst sees them: to read, to widen, to copy.

preview_model ── cells ──▶ **PreviewTable** ──▶ preview_pane. Layout only.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from backend.protocol.preview import Preview
from desktop.widgets.preview.preview_model import PreviewModel
from desktop.wording.preview import say_cell

MEASURED_ROWS, MEASURED_COLUMNS = 50, 200
"""Cells whose widths are measured."""

CELL_PADDING, ROW_PADDING = 22, 8
LEAST_WIDTH, MOST_WIDTH = 48, 320


class PreviewTable(QTableView):
    """Shows a preview, or in its stead a message."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = PreviewModel(self)
        self.message = ""
        self.setModel(self.cells)
        self.setAccessibleName("First rows")
        self._lay_out()
        copy = QAction("Copy cells", self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_chosen)
        self.addAction(copy)

    def show_preview(self, preview: Preview, message: str) -> None:
        """Show a preview, and a message where that leaves room."""
        if message != self.message:
            self.message = message
            self.viewport().update()
        if preview is not self.cells.preview:
            self.cells.show_preview(preview)
            self._set_widths(preview)
            self.horizontalScrollBar().setValue(0)

    def copy_chosen(self) -> None:
        """Copy the chosen cells as other programs paste them: tabs between cells, a line for each row."""
        rows: dict[int, list[str]] = {}
        for index in sorted(self.selectedIndexes(), key=lambda chosen: (chosen.row(), chosen.column())):
            rows.setdefault(index.row(), []).append(say_cell(self.cells.cell(index.row(), index.column())))
        if rows:
            QGuiApplication.clipboard().setText("\n".join("\t".join(cells) for cells in rows.values()))

    def _set_widths(self, preview: Preview) -> None:
        """Set each width once, from the first rows: asking for every cell, whenever it changes, would stall."""
        for number in range(min(len(preview.columns), MEASURED_COLUMNS)):
            texts = [say_cell(self.cells.cell(row, number)) for row in range(min(len(preview.rows), MEASURED_ROWS))]
            widest = max(map(self.fontMetrics().horizontalAdvance, [preview.columns[number].name, *texts]))
            self.setColumnWidth(number, max(LEAST_WIDTH, min(MOST_WIDTH, widest + CELL_PADDING)))

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
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + ROW_PADDING)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(LEAST_WIDTH)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the message, if there is one."""
        super().paintEvent(event)
        if self.message:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(
                self.viewport().rect().adjusted(12, 0, -12, 0),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self.message,
            )
            painter.end()
