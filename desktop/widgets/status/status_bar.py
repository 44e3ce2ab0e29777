"""The status bar.

main_window ── messages, counts, connection ──▶ **StatusBar** ── what the analyst wants ──▶ main_window
"""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QWidget

from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.pair_button import PairButton
from desktop.widgets.status.connection_button import ConnectionButton
from desktop.widgets.theme import measures
from desktop.widgets.theme.dress import look
from desktop.wording.connection import ConnectionText
from desktop.wording.language import tr
from desktop.wording.tone import Tone

MESSAGE_MS = 8000
ROOM_AROUND = 24
"""Pixels of margins and gaps."""


class StatusBar(QFrame):
    """Messages at the left, what is under way and the connection at the right.

    Signals:
        counts_clicked(): Show the reports that are under way.
        help_asked(): The button beside the connection was pressed.
    """

    counts_clicked = Signal()
    help_asked = Signal()

    def __init__(self, connection_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.message = ElidedLabel()
        self.counts = PairButton(("text", "text"), 8)
        self._line = QFrame()
        self.connection = ConnectionButton(connection_menu)
        self._passing = QTimer(self, interval=MESSAGE_MS, singleShot=True)
        self._shown: tuple[str, ConnectionText] | None = None
        self._lay_out()
        self._passing.timeout.connect(lambda: self.message.show_text("", Tone.QUIET))
        self.counts.clicked.connect(self.counts_clicked)
        self.connection.help_asked.connect(self.help_asked)
        look().changed.connect(self._measure)
        self._measure()

    def show_message(self, text: str) -> None:
        """Show a text for some seconds."""
        self.message.show_text(text, Tone.QUIET)
        self._passing.start()

    def show_counts(self, text: str) -> None:
        """Show how many reports are under way."""
        if text != self.counts.text():
            self.counts.say(text)
            self._fit()

    def show_connection(self, profile: str, text: ConnectionText) -> None:
        """Show the connection."""
        if (profile, text) != self._shown:
            self._shown = (profile, text)
            self.connection.show_connection(profile, text)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Leave out the counts where there is room for the connection only."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - ROOM_AROUND
        self.connection.fit(room)
        needed = self.counts.sizeHint().width() + self.connection.sizeHint().width()
        for widget in (self.counts, self._line):
            widget.setVisible(self.counts.text() != "" and needed <= room)

    def stops(self) -> list[QWidget]:
        """Return where Tab stops, in order."""
        return [self.counts, self.connection.words, self.connection.helper]

    def _measure(self) -> None:
        self.setFixedHeight(measures.h() + 12)
        self.counts.setFixedHeight(measures.h() + 6)
        self._line.setFixedHeight(measures.h())
        self._fit()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 1, 4, 0)
        layout.setSpacing(4)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.counts.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.counts.setToolTip(tr("Show the reports that are under way"))
        self._line.setObjectName("line")
        self._line.setFixedWidth(1)
        self.counts.hide()
        self._line.hide()
        layout.addWidget(self.message, 1)
        layout.addWidget(self.counts)
        layout.addSpacing(6)
        layout.addWidget(self._line)
        layout.addWidget(self.connection)
