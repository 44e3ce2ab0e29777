"""The eight steps of a connection test, which are all there from the start.

connections_dialog ── steps ──▶ **StepRows**
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop.widgets.dialogs.dialog import note_label
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons, tokens
from desktop.widgets.theme.dress import look, set_tone
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.connections import StepText, lines_of, say_what_helps
from desktop.wording.examination import Step
from desktop.wording.tone import Tone


class StepRows(QWidget):
    """A line for each step: icon, title, what was found. Below, in full, what did not go well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._rows = [_Row() for _ in lines_of(())]
        self.help = note_label()
        self.help.setContentsMargins(0, 8, 0, 0)
        self._lay_out()
        self.show_steps(())
        look().changed.connect(self._measure)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show the steps as they stand; those that are not there wait."""
        for row, line in zip(self._rows, lines_of(steps), strict=True):
            row.show_line(line)
        self.help.setText(say_what_helps(steps))

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        for number, row in enumerate(self._rows):
            for column, widget in enumerate((row.icon, row.title, row.text, row.figure)):
                self._grid.addWidget(widget, number, column)
        self._grid.addWidget(self.help, len(self._rows), 1, 1, 3)
        self._grid.setColumnStretch(2, 1)
        self._measure()

    def _measure(self) -> None:
        for number, row in enumerate(self._rows):
            row.load_icon()
            self._grid.setRowMinimumHeight(number, h() + 10)
        widest = max(row.title.fontMetrics().horizontalAdvance(row.title.text()) for row in self._rows)
        self._grid.setColumnMinimumWidth(0, h())
        self._grid.setColumnMinimumWidth(1, max(widest, h(8.25)))


class _Row:
    """The widgets of one line."""

    def __init__(self) -> None:
        self.icon = plain_label()
        self.title = plain_label()
        self.text = ElidedLabel()
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.figure = plain_label()
        self.figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_tone(self.figure, Tone.QUIET)
        self._line: StepText | None = None

    def show_line(self, line: StepText) -> None:
        if line == self._line:
            return
        self._line = line
        self.title.setText(line.title)
        self.title.setAccessibleName(f"{line.title}: {line.state}")
        self.icon.setAccessibleName(line.state)
        self.text.show_text(line.text, line.tone if line.is_loud else Tone.QUIET)
        self.figure.setText(line.figure)
        self.load_icon()

    def load_icon(self) -> None:
        self.icon.setFixedSize(h(), h())
        if self._line is None or not self._line.icon:
            self.icon.clear()
            return
        ink = tokens.tokens()[self._line.tone.value]
        self.icon.setPixmap(icons.pixmap(self._line.icon, ink, h(), self.icon.devicePixelRatioF()))
