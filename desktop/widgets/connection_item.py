"""The connection in the status bar.

main_window ── `ConnectionText` ──▶ **ConnectionItem** ── retry ──▶ main_window
"""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons
from desktop.wording.connection import ConnectionText
from desktop.wording.tone import Tone

DOT_SIZE = QSize(16, 16)
REASON_WIDTH = 420


class ConnectionItem(QWidget):
    """A dot, a word, the reason, and a button where trying again may help.

    Signals:
        retry_requested(): Try again now.
    """

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ConnectionText | None = None
        self.dot = plain_label()
        self.label = plain_label()
        self.reason = ElidedLabel()
        self.retry = QToolButton()
        self.retry.setText("Retry now")
        self.retry.setToolTip("Try to connect again now (F5)")
        self.retry.clicked.connect(self.retry_requested)
        self._lay_out()

    def show_connection(self, text: ConnectionText) -> None:
        """Show the words for the connection."""
        if text != self._shown:
            self._shown = text
            self._show(text)

    def load_icons(self) -> None:
        """Load the dot in the current colours."""
        if self._shown:
            self.dot.setPixmap(icons.icon("connection", self._shown.tone.value).pixmap(DOT_SIZE))

    def _show(self, text: ConnectionText) -> None:
        self.label.setText(text.text)
        self.setAccessibleName(f"Connection: {text.text}. {text.reason}".strip())
        self.reason.show_text(text.reason, Tone.QUIET)
        self.reason.setVisible(text.reason != "")
        self.retry.setVisible(text.can_retry)
        self.load_icons()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setSpacing(6)
        self.reason.setMaximumWidth(REASON_WIDTH)
        # As high without the button as with it, so that the window does not jump when the connection goes.
        self.setMinimumHeight(self.retry.sizeHint().height() + 6)
        for widget in (self.dot, self.label, self.reason, self.retry):
            layout.addWidget(widget)
        self.reason.hide()
        self.retry.hide()
