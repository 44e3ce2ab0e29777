"""What this program is, and of which version.

app ── `About` ──▶ **AboutDialog**
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.widgets.dialogs.dialog import MARGIN, Dialog, push_button, wrapping_label
from desktop.widgets.plain_text import plain_label
from desktop.widgets.theme import icons, tokens
from desktop.widgets.theme.dress import set_property, set_tone
from desktop.widgets.theme.measures import h
from desktop.wording.dialogs.about import About
from desktop.wording.language import tr
from desktop.wording.tone import Tone

SIZE = (30, 0)


class AboutDialog(Dialog):
    """The name and the versions, to be copied."""

    def __init__(self, about: About, parent: QWidget | None = None) -> None:
        super().__init__(tr("About Reportwire"), SIZE, parent)
        self._about = about
        self._icon = plain_label()
        self._icon.setAccessibleName("Reportwire")
        self.copy = push_button(tr("&Copy"), "copy")
        self.copy.clicked.connect(self._copy)
        grid = QGridLayout(self.content)
        grid.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        grid.setHorizontalSpacing(MARGIN)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        heading = plain_label("Reportwire")
        set_property(heading, "written", "heading")
        grid.addWidget(self._icon, 0, 0, 3, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(heading, 0, 1, 1, 2)
        for row, (name, value) in enumerate(about.facts, 1):
            words, fact = plain_label(name), wrapping_label(value)
            set_tone(words, Tone.QUIET)
            fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(words, row, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(fact, row, 2)
        grid.setRowStretch(len(about.facts) + 1, 1)
        self.add_buttons(self.copy, self.close_button)
        self.measure()

    def measure(self) -> None:
        """Draw the icon in the size of the text."""
        pixmap = icons.pixmap("report", tokens.tokens()["accent"], h(2.5), self._icon.devicePixelRatioF())
        self._icon.setPixmap(pixmap)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._about.text)
        self.say(tr("Copied."))
