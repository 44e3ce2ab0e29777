"""The first rows of the chosen report, or why there are none.

reports_panel ── `PreviewView` ──▶ **PreviewPane** ── retry ──▶ reports_panel. Layout only.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from desktop.widgets.plain_text import plain_label
from desktop.widgets.preview.preview_table import PreviewTable
from desktop.widgets.theme import dress
from desktop.wording.preview import PreviewView
from desktop.wording.tone import Tone

LEAST_HEIGHT = 96


class PreviewPane(QWidget):
    """A caption and a table, which always take the same room.

    Signals:
        retry_requested(): Try once more to load it.
    """

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report_id: str | None = None
        self.caption = plain_label()
        self.retry = QToolButton()
        self.table = PreviewTable()
        self._lay_out()
        self.retry.clicked.connect(self.retry_requested)
        self.show_preview(PreviewView())

    def show_preview(self, view: PreviewView) -> None:
        """Show the first rows, or why there are none."""
        self.report_id = view.report_id
        self.table.show_preview(view.preview, view.message)
        self.caption.setText(view.caption)
        self.retry.setVisible(view.can_retry)

    def _lay_out(self) -> None:
        dress.set_tone(self.caption, Tone.QUIET)
        self.retry.setText("Try again")
        self.table.setMinimumHeight(LEAST_HEIGHT)
        head = QWidget()
        head.setMinimumHeight(self.retry.sizeHint().height())  # as high without the button as with it
        across = QHBoxLayout(head)
        across.setContentsMargins(2, 0, 0, 0)
        across.addWidget(self.caption, 1)
        across.addWidget(self.retry)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(head)
        layout.addWidget(self.table, 1)
