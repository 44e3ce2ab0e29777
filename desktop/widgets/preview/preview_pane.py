"""The first rows of the chosen report, or why there are none.

reports_panel ── row, `Previewed` ──▶ **PreviewPane** ── retry ──▶ reports_panel. Layout only.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from backend.protocol.preview import Preview
from desktop.files.preview_status import Loading, Previewed, Unavailable
from desktop.widgets import theme
from desktop.widgets.preview.preview_model import EMPTY
from desktop.widgets.preview.preview_table import PreviewTable
from desktop.widgets.texts import plain_label
from desktop.wording.preview import say_extent
from desktop.wording.report_row import ReportRow, Tone

LEAST_HEIGHT = 96


class PreviewPane(QWidget):
    """A caption and a table, which always take the same room.

    Signals:
        retry_requested(): Try once more to load it.
    """

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption = plain_label()
        self.retry = QToolButton()
        self.table = PreviewTable()
        self._lay_out()
        self.retry.clicked.connect(self.retry_requested)
        self.show_preview(None, None)

    def show_preview(self, row: ReportRow | None, previewed: Previewed | None) -> None:
        """Show what there is of a row's report."""
        is_shown = row is not None and row.has_preview
        preview = previewed if is_shown and isinstance(previewed, Preview) else EMPTY
        self.table.show_preview(preview, _say_absence(row, previewed))
        self.caption.setText(f"Preview · {say_extent(preview)}" if preview is not EMPTY else "Preview")
        self.retry.setVisible(is_shown and isinstance(previewed, Unavailable))

    def _lay_out(self) -> None:
        theme.set_tone(self.caption, Tone.QUIET)
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


def _say_absence(row: ReportRow | None, previewed: Previewed | None) -> str:
    """Say why nothing is shown; "" where something is."""
    if row is None or not row.has_preview:
        return row.preview_note if row else ""
    match previewed:
        case Preview():
            return "" if previewed.rows else "The report has no rows."
        case Unavailable(reason):
            return reason
        case Loading() | None:
            return "Loading the first rows…"
