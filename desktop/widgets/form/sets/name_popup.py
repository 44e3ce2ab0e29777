"""The name of a new set of parameters.

sets_menu ──▶ **NamePopup** ── a name ──▶ sets_menu
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.form.note_label import NoteLabel
from desktop.widgets.form.popup import Popup
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import measures
from desktop.wording.language import tr
from desktop.wording.tone import Tone

LONGEST_NAME = 60
MOST_LINES = 4
"""Of a note."""


class NamePopup(Popup):
    """A line for a name.

    Signals:
        named(str): This one.
    """

    named = Signal(str)

    def __init__(self, owner: QWidget, taken: Sequence[str], obstacle: str = "") -> None:
        """`obstacle` says why nothing can be saved now."""
        super().__init__(owner)
        self._taken, self._obstacle = taken, obstacle
        self.line = QLineEdit()
        self.line.setMaxLength(LONGEST_NAME)
        self.line.setAccessibleName(tr("Name of the set"))
        self.line.setFixedHeight(measures.h() + 12)
        self.line.setMinimumWidth(measures.h(14))
        self.note = NoteLabel(most=MOST_LINES)
        self.save = QPushButton(tr("Save set"))
        self.save.setProperty("primary", True)  # noqa: FBT003  Qt's
        label = plain_label(tr("Name of the set"))
        label.setBuddy(self.line)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.save)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(14, 10, 14, 8)
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addLayout(row)
        layout.addWidget(self.note)
        self._judge("")
        self.line.setAccessibleDescription(obstacle)
        self.line.textChanged.connect(self._judge)
        self.save.clicked.connect(self._finish)
        self.line.setFocus()

    def _wanted_size(self, room: QSize) -> QSize:
        """Leave the note as many lines as the width makes of it."""
        self.body.resize(super()._wanted_size(room))
        if layout := self.body.layout():
            layout.activate()
        self._judge(self.line.text())
        return super()._wanted_size(room)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Take the name with Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._finish()
        else:
            super().keyPressEvent(event)

    def _judge(self, text: str) -> None:
        self.save.setEnabled(text.strip() != "" and not self._obstacle)
        if self._obstacle:
            self.note.say(self._obstacle, Tone.FAILED, icon="state-failed")
        else:
            self.note.say(tr("A set of this name is replaced.") if text.strip() in self._taken else "")

    def _finish(self) -> None:
        if self.save.isEnabled():
            self.named.emit(self.line.text().strip())
            self.close()
