"""The menu of the connection: above its actions how it stands, and why.

main_window ── `ConnectionText` ──▶ **ConnectionMenu** ──▶ connection_button
"""

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget, QWidgetAction

from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress, measures
from desktop.widgets.theme.dress import look
from desktop.wording.connection import ConnectionText
from desktop.wording.tone import Tone

WIDTH_H = 20
"""Heights of a line that a line of the reason takes."""


class ConnectionMenu(QMenu):
    """A heading, a reason where there is one, then whatever actions are added."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.heading, self.reason = plain_label(), plain_label()
        self.heading.setProperty("written", "strong")
        self.reason.setProperty("written", "note")
        self.reason.setWordWrap(True)
        dress.set_tone(self.reason, Tone.QUIET)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 4, 12, 6)
        column.setSpacing(2)
        column.addWidget(self.heading)
        column.addWidget(self.reason)
        action = QWidgetAction(self)
        action.setDefaultWidget(box)
        self.addAction(action)
        self.addSeparator()
        look().changed.connect(self._measure)

    def show_connection(self, profile: str, text: ConnectionText) -> None:
        """Show how the connection to a profile stands."""
        heading = f"{profile} · {text.text}"
        if (heading, text.reason) == (self.heading.text(), self.reason.text()):
            return
        self.heading.setText(heading)
        self.reason.setText(text.reason)
        self.reason.setVisible(text.reason != "")
        self._measure()

    def _measure(self) -> None:
        self.reason.ensurePolished()
        self.reason.setFixedWidth(measures.h(WIDTH_H))
        self.reason.setFixedHeight(max(1, self.reason.heightForWidth(measures.h(WIDTH_H))))
