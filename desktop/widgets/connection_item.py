"""The connection as the status bar tells it. It never says connected when it is not.

session.Connection ── describe ──▶ **ConnectionItem** ── retry ──▶ main_window.
"""

from dataclasses import dataclass
from math import ceil
from typing import assert_never

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.session.connection_status import (
    CertificateRefused,
    Closed,
    Connected,
    Connecting,
    Connection,
    SignInNeeded,
    Waiting,
)
from desktop.widgets import theme
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.texts import plain_label
from desktop.wording.report_row import Tone

DOT_SIZE = QSize(16, 16)
REASON_WIDTH = 420


@dataclass(frozen=True, slots=True)
class ConnectionText:
    """What the item says. `can_retry`: trying again at once may help."""

    text: str
    tone: Tone
    reason: str = ""
    can_retry: bool = False


def describe_connection(connection: Connection, now_s: float) -> ConnectionText:
    """Say how the connection is. `now_s` is on the clock of `Waiting.retry_at`."""
    match connection:
        case Connected():
            return ConnectionText("Connected", Tone.GOOD)
        case Connecting():
            return ConnectionText("Connecting…", Tone.BUSY)
        case Waiting(retry_at, reason):
            left_s = ceil(retry_at - now_s)
            text = f"Offline: retry in {left_s} s" if left_s > 0 else "Offline: retrying…"
            return ConnectionText(text, Tone.WARNING, reason, can_retry=True)
        case SignInNeeded(reason):
            return ConnectionText("Sign in needed", Tone.BAD, reason, can_retry=True)
        case CertificateRefused(reason):
            return ConnectionText("Certificate not trusted", Tone.BAD, reason, can_retry=True)
        case Closed():
            return ConnectionText("Not connected", Tone.QUIET)
        case _:
            assert_never(connection)


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

    def show_connection(self, connection: Connection, now_s: float) -> None:
        """Say how the connection is now."""
        text = describe_connection(connection, now_s)
        if text != self._shown:
            self._shown = text
            self._show(text)

    def load_icons(self) -> None:
        """Take the dot in the colours of now."""
        if self._shown:
            self.dot.setPixmap(theme.dot(self._shown.tone).pixmap(DOT_SIZE))

    @property
    def can_retry(self) -> bool:
        """Whether trying again at once may help."""
        return self._shown is not None and self._shown.can_retry

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
