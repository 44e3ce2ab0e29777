"""A sentence in place of what a tab would show, and a button where one helps.

pane ── `Message` ──▶ **MessagePage** ── help ──▶ pane. Layout only.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import dress, measures
from desktop.widgets.theme.dress import look
from desktop.wording.language import tr
from desktop.wording.pane.message import NO_MESSAGE, Help, Message

HELP_WORDS = {Help.TRY_AGAIN: "Try again", Help.SHOW_DETAILS: "Show details"}


class MessagePage(QFrame):
    """The sentence is at the same place with the button and without.

    Signals:
        helped(Help): The button was pressed.
    """

    helped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.label = plain_label()
        self.button = QPushButton()
        self._help: Help | None = None
        self._lay_out()
        self.button.clicked.connect(lambda: self.helped.emit(self._help))
        self.show_message(NO_MESSAGE)

    def show_message(self, message: Message) -> None:
        """Show another sentence."""
        self._help = message.help
        self.label.setText(message.text)
        dress.set_tone(self.label, message.tone)
        self.button.setVisible(message.help is not None)
        if message.help is not None:
            self.button.setText(tr(HELP_WORDS[message.help]))

    def _lay_out(self) -> None:
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = self.button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self.label)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        look().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self.setMinimumHeight(measures.h(3))
