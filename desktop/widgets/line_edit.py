"""A line to write in, which leaves Alt with a letter to the window.

keys ──▶ **LineEdit** ──▶ every line of the form, the search and the dialogs
"""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

HAS_MNEMONICS = sys.platform != "darwin"
"""Whether Alt with a letter presses what has that letter underlined. On macOS it writes another character."""


class LineEdit(QLineEdit):
    """Writes no letter that is pressed with Alt. Qt does, where what has the letter is disabled or there is none."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Write, but no mnemonic."""
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if (
            HAS_MNEMONICS
            and modifiers == Qt.KeyboardModifier.AltModifier
            and event.text().isprintable()
            and event.text()
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)
