"""The parts of the details: a box with what went wrong, facts with their labels, lines with their times.

details_page ── `FailureText`, `Fact`, `Line` ──▶ **FailureBox**, **FactsTable**, **History**. Layout only.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.widgets.plain_text import plain_label, tooltip
from desktop.widgets.theme import dress, icons, measures, tokens
from desktop.widgets.theme.dress import look
from desktop.wording.pane.details import Fact, Line
from desktop.wording.pane.failure import FailureText
from desktop.wording.tone import Tone

ICON_PX = 20
"""Size of the icon in the box, as drawn."""


def readable_label() -> QLabel:
    """Return a plain label that wraps and whose text can be selected."""
    label = plain_label()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


class FailureBox(QFrame):
    """What went wrong, and what may help."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("failure")
        self.icon = plain_label()
        self.message = readable_label()
        self.help = readable_label()
        dress.set_property(self.message, "written", "strong")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.message)
        texts.addWidget(self.help)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(10)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        look().changed.connect(self._draw)
        self._draw()

    def show_failure(self, failure: FailureText | None) -> None:
        """Show a failure, or nothing at all."""
        self.setVisible(failure is not None)
        if failure is not None:
            self.message.setText(failure.message)
            self.help.setText(failure.help)
            self.setAccessibleName(f"{failure.message} {failure.help}")

    def _draw(self) -> None:
        size, ratio = measures.scaled(ICON_PX), self.devicePixelRatioF()
        self.icon.setPixmap(icons.pixmap("state-failed", tokens.tokens()["failed"], size, ratio))


class FactsTable(QWidget):
    """Labels and what they are about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        while len(self.rows) < len(facts):
            self._add_row()
        for number, (label, value) in enumerate(self.rows):
            fact = facts[number] if number < len(facts) else None
            label.setVisible(fact is not None)
            value.setVisible(fact is not None)
            if fact is not None:
                _set_text(label, fact.label)
                _set_text(value, fact.text)
                value.setToolTip(tooltip(fact.text))
                value.setAccessibleName(f"{fact.label}: {fact.text}")
                dress.set_property(value, "written", "id" if fact.is_id else "")

    def _add_row(self) -> None:
        label, value = plain_label(), readable_label()
        value.setMinimumWidth(1)  # a long id gives way rather than push the other facts out of sight
        dress.set_tone(label, Tone.QUIET)
        number = len(self.rows)
        self._grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(value, number, 1)
        self.rows.append((label, value))


class History(QWidget):
    """Times and what happened then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[tuple[QLabel, QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        while len(self.rows) < len(lines):
            self._add_row()
        for number, (time, text, note) in enumerate(self.rows):
            line = lines[number] if number < len(lines) else None
            time.setVisible(line is not None)
            text.setVisible(line is not None)
            note.setVisible(line is not None and bool(line.note))
            if line is not None:
                _set_text(time, line.time)
                _set_text(text, line.text)
                _set_text(note, line.note)
                dress.set_tone(text, line.tone)
                dress.set_property(text, "written", "strong" if line.tone is Tone.FAILED else "")

    def _add_row(self) -> None:
        time, text, note = plain_label(), readable_label(), readable_label()
        dress.set_tone(time, Tone.QUIET)
        dress.set_tone(note, Tone.QUIET)
        cell = QVBoxLayout()
        cell.setSpacing(0)
        cell.addWidget(text)
        cell.addWidget(note)
        number = len(self.rows)
        self._grid.addWidget(time, number, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._grid.addLayout(cell, number, 1)
        self.rows.append((time, text, note))


def _set_text(label: QLabel, text: str) -> None:
    """Set a text; the same one again would end a selection."""
    if label.text() != text:
        label.setText(text)
