"""The chosen report in full: what went wrong, its parameters, its link.

reports_panel ── row ──▶ **ReportDetails** ──▶ eyes. Layout only.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QWidget

from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress, measures
from desktop.wording.report_row import ReportRow
from desktop.wording.tone import Tone

NOTHING_CHOSEN = "Choose a report to see more about it."


class ReportDetails(QFrame):
    """Always as high as its four lines, so that nothing below or above it jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.heading = ElidedLabel()
        self.detail = plain_label()
        self.parameters = ElidedLabel()
        self.link = QLineEdit()
        self._lay_out()
        self.show_row(None)

    def show_row(self, row: ReportRow | None) -> None:
        """Show a row in full."""
        self.heading.show_text(f"{row.title} · {row.state}" if row else NOTHING_CHOSEN, None if row else Tone.QUIET)
        self._show_detail(row.detail or _say_result(row) if row else "")
        dress.set_tone(self.detail, Tone.FAILED if row and row.tone is Tone.FAILED else None)
        self.parameters.show_text(row.parameters or "No parameters" if row else "", Tone.QUIET)
        self._show_link((row.url if row else None) or "")

    def _lay_out(self) -> None:
        bold = self.heading.font()
        bold.setBold(True)
        self.heading.setFont(bold)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.setWordWrap(True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.detail.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 2)
        self.link.setReadOnly(True)
        policy = self.link.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.link.setSizePolicy(policy)
        self.link.setMinimumHeight(measures.h() + 12)
        self.link.setAccessibleName("Download link")
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setVerticalSpacing(6)
        for number, widget in enumerate((self.heading, self.parameters, self.detail, self.link)):
            layout.addWidget(widget, number, 0)

    def _show_detail(self, text: str) -> None:
        self.detail.setText(text)
        self.detail.setAccessibleName(text)

    def _show_link(self, url: str) -> None:
        """Show the start of the link; a link that did not change keeps what is selected in it."""
        if url != self.link.text():
            self.link.setText(url)
            self.link.setCursorPosition(0)
        self.link.setVisible(url != "")


def _say_result(row: ReportRow) -> str:
    return row.bar.text if row.bar else row.note
