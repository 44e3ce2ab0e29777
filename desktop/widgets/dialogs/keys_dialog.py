"""The keys by menu, and the words of the states.

main_window ── `KeySection` ──▶ **KeysDialog**
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.widgets.dialogs.dialog import MARGIN, Dialog, note_label, side_by_side, wrapping_label
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons, tokens
from desktop.widgets.theme.dress import set_property, set_tone
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.keys import KeySection, StateWords, states, without_mark
from desktop.wording.language import tr
from desktop.wording.tone import Tone

SIZE = (56, 40)
THREE_FROM = 48
"""From so many heights of a line on, the columns are side by side."""


class KeysDialog(Dialog):
    """A page to look at: two columns of keys, and one of the states."""

    def __init__(self, sections: Sequence[KeySection], parent: QWidget | None = None) -> None:
        super().__init__(tr("Keys and words"), SIZE, parent)
        self._icons: list[tuple[QLabel, StateWords]] = []
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.content)
        self._columns.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._columns.setSpacing(2 * MARGIN)
        for column in _halves(sections):
            self._columns.addWidget(_keys(column), 1, Qt.AlignmentFlag.AlignTop)
        self._columns.addWidget(self._states(), 1, Qt.AlignmentFlag.AlignTop)
        self.message.hide()
        self.add_buttons(self.close_button)
        self.measure()

    def arrange(self, width: int) -> None:
        """Put the columns one below the other where there is no room beside."""
        self._columns.setDirection(side_by_side(is_wide=width >= h(THREE_FROM)))

    def measure(self) -> None:
        """Draw the icons as high as the text."""
        for label, state in self._icons:
            label.setFixedSize(h(), h())
            ink = tokens.tokens()[state.tone.value]
            label.setPixmap(icons.pixmap(state.icon, ink, h(), label.devicePixelRatioF()))

    def _states(self) -> QWidget:
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(_heading(tr("State")), 0, 0, 1, 2)
        for row, state in enumerate(states()):
            icon, word = plain_label(), plain_label(state.word)
            icon.setAccessibleName(state.word)
            set_tone(word, state.tone)
            word.setContentsMargins(0, 6, 0, 0)
            grid.addWidget(icon, 2 * row + 1, 0, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(word, 2 * row + 1, 1)
            grid.addWidget(note_label(state.meaning), 2 * row + 2, 1)
            self._icons.append((icon, state))
        return part


def _keys(sections: Sequence[KeySection]) -> QWidget:
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for number, section in enumerate(sections):
        if number:
            layout.addSpacing(12)
        layout.addWidget(_heading(without_mark(section.title)))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for row, (words, keys) in enumerate(section.keys):
            name, shown = wrapping_label(without_mark(words)), plain_label(keys)
            set_tone(shown, Tone.QUIET)
            grid.addWidget(name, row, 0)
            grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        layout.addLayout(grid)
    return part


def _heading(text: str) -> QLabel:
    label = plain_label(text)
    set_property(label, "written", "strong")
    return label


def _halves(sections: Sequence[KeySection]) -> tuple[Sequence[KeySection], Sequence[KeySection]]:
    """Return the sections in two columns, as even as their order allows."""
    lines = [len(section.keys) + 2 for section in sections]
    cut = min(range(len(lines) + 1), key=lambda at: abs(sum(lines[:at]) - sum(lines[at:])), default=0)
    return sections[:cut], sections[cut:]
