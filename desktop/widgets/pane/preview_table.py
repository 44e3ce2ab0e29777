"""The first rows of a report as the analyst sees them: to read, to sort, to widen, to copy.

preview_model ── cells ──▶ **PreviewTable** ──▶ pane. Layout only.
"""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget

from backend.protocol.preview import Preview
from desktop.widgets.pane.cell_table import CellTable
from desktop.widgets.pane.preview_model import PreviewModel
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr
from desktop.wording.pane.cells import say_cell


class PreviewTable(CellTable):
    """Shows a preview; a click on a header sorts its rows, the third leaves the file's order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("First rows"), parent)
        self.cells = PreviewModel(self)
        self.setModel(self.cells)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        look().changed.connect(self._set_widths)

    @property
    def is_sorted(self) -> bool:
        """Whether the rows are in another order than the file's."""
        return self.horizontalHeader().sortIndicatorSection() >= 0

    def show_preview(self, preview: Preview) -> None:
        """Show a preview, from its first cell on and in the file's order."""
        if preview is self.cells.preview:
            return
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.cells.show_preview(preview)
        self._set_widths()
        self.scrollToTop()
        self.horizontalScrollBar().setValue(0)

    def text_to_copy(self, index: QModelIndex) -> str:
        """Return the cell as it came: other programs read numbers without commas."""
        return say_cell(self.cells.cell(index.row(), index.column()))

    def _set_widths(self) -> None:
        self.set_widths(self.cells.say)
