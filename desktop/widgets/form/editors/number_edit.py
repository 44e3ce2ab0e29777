"""A text field for a number, which keeps what is typed, a number or not.

schema's bounds ──▶ **NumberEdit** ──▶ parameter_editors. A spin box drops keys, and makes 15 of a typed 1.5.
"""

from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desktop.widgets.line_edit import LineEdit
from desktop.wording.form.judging import plain, regrouped, say_number

_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}


class NumberEdit(LineEdit):
    """Holds text, which its user parses and checks; Up and Down step by one.

    Args:
        start: What it starts with; None for nothing.
        least: The least number to step to; None is no bound, here and in `most`.
        most: The greatest.
    """

    def __init__(self, start: float | None, least: float | None, most: float | None) -> None:
        super().__init__("" if start is None else say_number(start))
        self._start, self._least, self._most = start, least, most

    def settle(self) -> None:
        """Put the usual number into an empty field, as that is what an empty field means."""
        if not self.text().strip() and self._start is not None:
            self.setText(say_number(self._start))

    def regroup(self) -> None:
        """Write the number in the language's groups."""
        self.setText(regrouped(self.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Step; from what is no number, to the one it started with."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        try:
            number = Decimal(plain(self.text())) + step
        except InvalidOperation:
            number = Decimal(repr(self._start if self._start is not None else self._least or 0))
        self._take(number)

    def _take(self, number: Decimal) -> None:
        if self._least is not None:
            number = max(number, Decimal(repr(self._least)))
        if self._most is not None:
            number = min(number, Decimal(repr(self._most)))
        self.setText(say_number(int(number) if number == number.to_integral_value() else float(number)))
