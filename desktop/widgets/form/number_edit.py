"""A text field for a number, which keeps what is typed, a number or not.

schema's bounds ──▶ **NumberEdit** ──▶ parameter_editors. A spin box drops keys, and makes 15 of a typed 1.5.
"""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

_GROUPED = re.compile(r"\s*-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\s*")
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


class NumberEdit(QLineEdit):
    """Holds text, which its user parses and checks; Up and Down step to the next whole number.

    Args:
        start: What it starts with; None for nothing.
        least: The least number to step to; None is no bound, here and in `most`.
        most: The greatest.
    """

    def __init__(self, start: float | None, least: float | None, most: float | None) -> None:
        super().__init__("" if start is None else _in_groups(start))
        self._start, self._least, self._most = start, least, most

    def plain_text(self) -> str:
        """Return the text without the commas between thousands."""
        text = self.text()
        return text.replace(",", "") if _GROUPED.fullmatch(text) else text

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Step through whole numbers; from what is none, to the one it started with."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        try:
            self._take(int(self.plain_text()) + step)
        except ValueError:
            self._take(self._start if self._start is not None else self._least or 0)

    def _take(self, number: float) -> None:
        if self._least is not None:
            number = max(number, self._least)
        if self._most is not None:
            number = min(number, self._most)
        self.setText(_in_groups(number))


def _in_groups(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else repr(number)
