"""What each column of a report holds.

pane ── `Preview` ──▶ **SummaryPage** ──▶ eyes. Layout only.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from backend.protocol.preview import Preview
from desktop.widgets.pane.cell_table import CellTable
from desktop.widgets.pane.summary_model import SummaryModel
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr
from desktop.wording.pane.summary import summarize
from desktop.wording.pane.view import EMPTY
from desktop.wording.tone import Tone


class SummaryPage(QFrame):
    """A table, and below it what part of the report it is about, if that is not all.

    Signals:
        copied(str): Cells were copied.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.cells = SummaryModel(self)
        self.table = CellTable(tr("Summary"))
        self.note = plain_label()
        self._preview = EMPTY
        self._lay_out()
        self.table.copied.connect(self.copied)
        look().changed.connect(self._set_widths)

    def show_preview(self, preview: Preview) -> None:
        """Show the summary of another preview."""
        if preview is self._preview:
            return
        self._preview = preview
        summary = summarize(preview)
        self.cells.show_summary(summary)
        self.note.setText(summary.note)
        self.note.setVisible(bool(summary.note))
        self._set_widths()
        self.table.scrollToTop()

    def _set_widths(self) -> None:
        self.table.set_widths(self.cells.say)

    def _lay_out(self) -> None:
        self.table.setModel(self.cells)
        dress.set_tone(self.note, Tone.QUIET)
        dress.set_property(self.note, "written", "note")
        self.note.setContentsMargins(8, 4, 8, 4)
        self.note.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.note)
